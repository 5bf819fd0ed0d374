package dev.postern.server;

import dev.postern.server.enforce.GateObserver;
import dev.postern.server.metrics.ServerMetrics;

/**
 * Counts into the metrics what the gate does.
 *
 * @param metrics where to
 */
record GateCounting(ServerMetrics metrics) implements GateObserver {

    @Override
    public void looked(CacheResult result) {
        metrics.verdictCache(
                switch (result) {
                    case EXACT -> ServerMetrics.CacheResult.TEXT;
                    case SHAPE -> ServerMetrics.CacheResult.SHAPE;
                    case MISS -> ServerMetrics.CacheResult.MISS;
                });
    }

    @Override
    public void judged(long nanos) {
        metrics.gate(nanos);
    }

    @Override
    public void readAgain(SecondReaderResult result) {
        metrics.secondReader(
                switch (result) {
                    case AGREED -> ServerMetrics.SecondReaderResult.AGREES;
                    case COUNTED_DIFFERENTLY -> ServerMetrics.SecondReaderResult.COUNT_DIFFERS;
                    case VETO -> ServerMetrics.SecondReaderResult.VETO;
                    case UNREADABLE -> ServerMetrics.SecondReaderResult.UNREADABLE;
                    case TIMEOUT, SKIPPED -> ServerMetrics.SecondReaderResult.TIMEOUT;
                });
    }
}
