package dev.postern.server;

import dev.postern.catalog.CatalogView;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.server.cli.StatementCheck;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.enforce.GateObserver;
import dev.postern.server.enforce.VerdictService;

/** Judges a text as a server with the same configuration would. */
final class OfflineCheck implements StatementCheck {

    @Override
    public Verdict judge(Configuration configuration, PolicyConfig policy, SqlText text) {
        try (VerdictService verdicts =
                Composition.verdicts(configuration, GateObserver.NONE, System::nanoTime)) {
            return verdicts.judgeNow(Composition.rules(policy), CatalogView.UNKNOWN, text);
        }
    }
}
