package dev.postern.server.enforce;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.postern.catalog.CatalogView;
import dev.postern.policy.Policy;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.server.enforce.GateObserver.CacheResult;
import dev.postern.sql.SqlShape;
import dev.postern.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Verdicts by text, and by shape where a verdict holds for every text of its shape. Looking up
 * works on bytes, without a string and without an allocation.
 */
final class VerdictCache {

    /** About what an entry costs beside its key's bytes and its summary's strings. */
    private static final int ENTRY_BYTES = 400;

    /** From here on a shape costs more to take than a text to look up that is not there. */
    private static final int LONG = 256;

    private final Cache<CacheKey, Verdict> verdicts;
    private final GateObserver observer;
    private final ThreadLocal<Probe> probes = ThreadLocal.withInitial(Probe::new);

    VerdictCache(long bytes, GateObserver observer) {
        this.verdicts =
                Caffeine.newBuilder().maximumWeight(bytes).weigher(VerdictCache::weigh).build();
        this.observer = observer;
    }

    /** Room for one look-up at a time. */
    private static final class Probe {
        private final SqlShape shape = new SqlShape();
        private final CacheKey key = new CacheKey();
    }

    /** Returns the verdict on a text, {@code null} if none is known. */
    @Nullable Verdict find(Policy policy, CatalogView view, SqlText text) {
        Probe probe = probes.get();
        boolean isLong = text.length() >= LONG;
        Verdict verdict =
                isLong ? findText(probe, policy, view, text) : findShape(probe, policy, view, text);
        if (verdict == null) {
            verdict =
                    isLong
                            ? findShape(probe, policy, view, text)
                            : findText(probe, policy, view, text);
        }
        probe.key.clear();
        if (verdict == null) {
            observer.looked(CacheResult.MISS);
        }
        return verdict;
    }

    private @Nullable Verdict findText(Probe probe, Policy policy, CatalogView view, SqlText text) {
        probe.key.set(policy, view, false, text.bytes(), text.length());
        Verdict verdict = verdicts.getIfPresent(probe.key);
        if (verdict != null) {
            observer.looked(CacheResult.EXACT);
        }
        return verdict;
    }

    private @Nullable Verdict findShape(
            Probe probe, Policy policy, CatalogView view, SqlText text) {
        if (!probe.shape.take(text.bytes())) {
            return null;
        }
        probe.key.set(policy, view, true, probe.shape.bytes(), probe.shape.length());
        Verdict verdict = verdicts.getIfPresent(probe.key);
        if (verdict != null) {
            observer.looked(CacheResult.SHAPE);
        }
        return verdict;
    }

    /**
     * Keeps a verdict.
     *
     * @param forAnyConstants whether it holds for every text of this shape
     */
    void put(
            Policy policy,
            CatalogView view,
            SqlText text,
            Verdict verdict,
            boolean forAnyConstants) {
        SqlShape shape = probes.get().shape;
        CacheKey key = new CacheKey();
        if (forAnyConstants && verdict instanceof Verdict.Allow && shape.take(text.bytes())) {
            byte[] bytes = shape.copyOfBytes();
            key.set(policy, view, true, bytes, bytes.length);
        } else {
            key.set(policy, view, false, text.bytes(), text.length());
        }
        verdicts.put(key, verdict);
    }

    private static int weigh(CacheKey key, Verdict verdict) {
        StatementSummary summary = verdict.summary();
        int strings =
                summary.relations().stream().mapToInt(VerdictCache::stringBytes).sum()
                        + summary.functions().stream().mapToInt(VerdictCache::stringBytes).sum();
        int more =
                switch (verdict) {
                    case Verdict.Allow allow ->
                            allow.observed() == null ? 0 : stringBytes(allow.observed().message());
                    case Verdict.Answer answer ->
                            answer.question() instanceof Statement.CheckQuestion check
                                            && check.sql() != null
                                    ? stringBytes(check.sql())
                                    : 0;
                    case Verdict.Deny deny ->
                            stringBytes(deny.denial().message())
                                    + stringBytes(deny.denial().hint());
                };
        return ENTRY_BYTES + key.length() + strings + more;
    }

    private static int stringBytes(String text) {
        return 56 + text.length();
    }
}
