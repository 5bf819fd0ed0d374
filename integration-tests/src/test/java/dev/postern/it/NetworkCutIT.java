package dev.postern.it;

import static dev.postern.it.ClusterUnderLoad.pass;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The network to a standby is cut under load, without a word to anybody. */
final class NetworkCutIT {

    @Test
    void networkIsCut_sessionsAreServedByTheOther() throws Exception {
        Optional<CuttableNetwork> made = CuttableNetwork.make();
        Assumptions.assumeTrue(
                made.isPresent(), "networks are made by root, with Linux' namespaces and ip");
        try (CuttableNetwork network = made.orElseThrow();
                ClusterUnderLoad under = ClusterUnderLoad.on(Cluster.start(network::to))) {
            Cluster cluster = under.cluster();
            under.startLoad();

            network.cut();
            try {
                under.awaitLeftUnnoticed(cluster.standby(1), under.untilServedAnew());
                assertThat(under.load().errors()).containsKey("08006");
            } finally {
                network.mend();
            }

            under.awaitServing(cluster.standby(1));
            under.load().mark();
            pass(Cluster.CHECK_INTERVAL.multipliedBy(2));
            assertThat(under.load().longestGap()).isLessThan(under.untilServedAnew());
            under.endLoad();
        }
    }
}
