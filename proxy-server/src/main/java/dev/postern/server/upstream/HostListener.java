package dev.postern.server.upstream;

import java.util.List;

/**
 * Is told when a host begins or ceases to serve. Called on the probe's threads, for one host by one
 * at a time; must not block.
 */
public interface HostListener {

    /** Nobody wants to know. */
    HostListener NONE =
            new HostListener() {
                @Override
                public void onServes(String upstream, String host) {}

                @Override
                public void onStopped(String upstream, String host, List<Objection> objections) {}
            };

    /** Nothing stands against the host any more. */
    void onServes(String upstream, String host);

    /** Something stands against a host that served, or what does has become another. */
    void onStopped(String upstream, String host, List<Objection> objections);
}
