package dev.postern.server.upstream;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Resolves names as the Java runtime does, on virtual threads: the runtime's resolver blocks, event
 * loops must not.
 */
final class BackgroundResolver extends AddressResolverGroup<InetSocketAddress> {

    static final BackgroundResolver INSTANCE = new BackgroundResolver();

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new NameResolver(executor).asAddressResolver();
    }

    private static final class NameResolver extends InetNameResolver {

        NameResolver(EventExecutor executor) {
            super(executor);
        }

        @Override
        protected void doResolve(String name, Promise<InetAddress> promise) {
            Thread.ofVirtual()
                    .name("resolve")
                    .start(() -> {
                        try {
                            promise.trySuccess(InetAddress.getByName(name));
                        } catch (UnknownHostException e) {
                            promise.tryFailure(e);
                        }
                    });
        }

        @Override
        protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
            Thread.ofVirtual()
                    .name("resolve")
                    .start(() -> {
                        try {
                            promise.trySuccess(List.of(InetAddress.getAllByName(name)));
                        } catch (UnknownHostException e) {
                            promise.tryFailure(e);
                        }
                    });
        }
    }
}
