package dev.sallyport.it.harness;

import java.util.List;
import java.util.stream.Stream;

/**
 * What kind of server a test class needs.
 *
 * @param buildOptions options of {@code kc.sh build}: features, and which provider serves an SPI
 * @param options options of {@code kc.sh start}
 * @param extensions factories of providers that are not the pack's
 * @param vault whether it keeps secrets in files
 * @param lasting whether it lives long enough to earn back what the second compiler costs, which is half of its start
 * @param durable whether its database waits for the disk, as one that is used does
 */
record ServerSpec(
        boolean postgres,
        int nodes,
        List<String> buildOptions,
        List<String> options,
        List<Class<?>> extensions,
        boolean vault,
        boolean lasting,
        boolean durable) {

    static final ServerSpec PLAIN =
            new ServerSpec(Settings.CURRENT.postgres(), 1, List.of(), List.of(), List.of(), false, false, false);

    static ServerSpec of(SallyportTest test) {
        return new ServerSpec(
                Settings.CURRENT.postgres() || test.postgres() || test.nodes() > 1,
                test.nodes(),
                List.of(test.buildOptions()),
                List.of(test.options()),
                List.of(test.extensions()),
                test.vault(),
                false,
                false);
    }

    /** What the server is augmented with. Client certificates are requested, never required, as a login page needs. */
    List<String> augmentation() {
        return Stream.of(
                        Stream.of(
                                "--db=" + (postgres ? "postgres" : "dev-file"),
                                "--health-enabled=true",
                                "--https-client-auth=request"),
                        vault ? Stream.of("--vault=file") : Stream.<String>empty(),
                        buildOptions.stream())
                .flatMap(options -> options)
                .toList();
    }
}
