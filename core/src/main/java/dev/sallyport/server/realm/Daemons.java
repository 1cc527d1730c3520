package dev.sallyport.server.realm;

import java.util.concurrent.ThreadFactory;

/** Threads that keep no server from stopping. */
public final class Daemons {

    private Daemons() {}

    /** @param name of the threads, as a dump of them shows it */
    public static ThreadFactory named(String name) {
        return work -> {
            var thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
