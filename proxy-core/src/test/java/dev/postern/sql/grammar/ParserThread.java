package dev.postern.sql.grammar;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Runs what tests parse on a thread with a stack of a certain size. */
final class ParserThread {

    private static final long PATIENCE_SECONDS = 120;

    private ParserThread() {}

    static <T> T call(long stackBytes, Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        start(stackBytes, future);
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    static Thread start(long stackBytes, Runnable task) {
        Thread thread = new Thread(null, task, "parser", stackBytes);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
