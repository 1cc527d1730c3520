package dev.sallyport.it.harness;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** Where a server runs: a process here, or a container. */
sealed interface ServerRuntime permits ServerProcess, ServerContainer {

    /** Returns once the server answers. */
    void start();

    boolean running();

    /** Ends it as an operator would: running requests finish. */
    void stop();

    /** Ends it as a power cut would. */
    void kill();

    URI https();

    URI http();

    /** Where a server with a vault looks for secrets. */
    Path vault();

    /** All that the server wrote so far, over all its starts. */
    List<String> log();
}
