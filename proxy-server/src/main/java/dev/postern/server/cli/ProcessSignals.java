package dev.postern.server.cli;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * The operating system's signals. Java has no supported way to hear of SIGHUP; {@code
 * sun.misc.Signal} of module {@code jdk.unsupported} is reached by name, since the compiler warns
 * of each mention of it and cannot be told not to.
 */
final class ProcessSignals implements Signals {

    @Override
    public void on(Name name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            MethodHandle run =
                    MethodHandles.dropArguments(
                            MethodHandles.lookup()
                                    .findVirtual(
                                            Runnable.class,
                                            "run",
                                            MethodType.methodType(void.class))
                                    .bindTo(action),
                            0,
                            signal);
            Object number = signal.getConstructor(String.class).newInstance(name.name());
            signal.getMethod("handle", signal, handler)
                    .invoke(null, number, MethodHandleProxies.asInterfaceInstance(handler, run));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java runtime cannot handle signals", e);
        }
    }

    @Override
    public void halt(int exitCode) {
        Runtime.getRuntime().halt(exitCode);
    }
}
