package dev.sallyport.it.harness;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Nodes on one database that share caches and sessions, and go by one address. */
public record KeycloakCluster(List<KeycloakServer> nodes) implements AutoCloseable {

    /** Nodes on PostgreSQL, compiled as in production, for a program that is not a test. */
    public static KeycloakCluster start(int nodes, String name) {
        return start(nodes, name, false);
    }

    /** @param durable whether the database waits for the disk */
    public static KeycloakCluster start(int nodes, String name, boolean durable) {
        return start(new ServerSpec(true, nodes, List.of(), List.of(), List.of(), false, true, durable), name);
    }

    /** Starts what the class asked for; a single server is a cluster of one that looks for no other. */
    static KeycloakCluster start(ServerSpec spec, String name) {
        var database = database(spec, name);
        var nodes = new ArrayList<KeycloakServer>();
        Optional<URI> url = Optional.empty();
        for (int i = 1; i <= spec.nodes(); i++) {
            var runtime = runtime(spec, spec.nodes() == 1 ? name : name + "-" + i, database, url);
            url = Optional.of(url.orElse(runtime.https()));
            var node = new KeycloakServer(runtime, database, url.get());
            nodes.add(node);
            node.start();
        }
        return new KeycloakCluster(List.copyOf(nodes));
    }

    private static Database database(ServerSpec spec, String name) {
        try {
            return Settings.CURRENT.container() ? new Database.H2(Optional.empty()) : Database.of(spec, name);
        } catch (IOException e) {
            throw new IllegalStateException("Cannot make a database", e);
        }
    }

    private static ServerRuntime runtime(ServerSpec spec, String name, Database database, Optional<URI> url) {
        try {
            return Settings.CURRENT.container()
                    ? new ServerContainer()
                    : new ServerProcess(spec, name, database, url, spec.nodes() > 1);
        } catch (IOException e) {
            throw new IllegalStateException("Cannot install a server", e);
        }
    }

    /** Starts the nodes that somebody has stopped. */
    void complete() {
        nodes.stream().filter(node -> !node.running()).forEach(KeycloakServer::start);
    }

    /** @param number from 1 */
    public KeycloakServer node(int number) {
        return nodes.get(number - 1);
    }

    @Override
    public void close() {
        nodes.forEach(KeycloakServer::close);
    }
}
