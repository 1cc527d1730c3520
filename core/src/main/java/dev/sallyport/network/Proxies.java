package dev.sallyport.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The proxies in front of the server, as it was told of them, and whom they speak for. Each proxy may add its client to the end
 * of a list that already holds whatever that client typed, so a list is read from its end: the first address that is no
 * trusted proxy's is the client's, and nothing before it counts.
 *
 * @param header the header in which they say for whom they speak; empty when there are none
 * @param trusted the addresses from which they may say so
 */
public record Proxies(Optional<String> header, List<Cidr> trusted) {

    private static final String STANDARD = "Forwarded";

    /** A parameter of a {@code Forwarded} header (RFC 7239, section 4). */
    private static final Pattern FOR = Pattern.compile("(?i)(?:^|;)\\s*for\\s*=\\s*\"?([^;\"]*)\"?");

    /** An address with its port, in brackets if it is of IPv6. */
    private static final Pattern WITH_PORT =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]{2,45})]|(\\d{1,3}(?:\\.\\d{1,3}){3}))(?::\\d{1,5})?");

    /**
     * @param headers Keycloak's option {@code proxy-headers}
     * @param addresses Keycloak's option {@code proxy-trusted-addresses}
     */
    public static Proxies of(Optional<String> headers, Optional<String> addresses) {
        return new Proxies(
                headers.map(kind -> kind.equals("forwarded") ? STANDARD : "X-Forwarded-For"),
                Arrays.stream(addresses.orElse("").split(","))
                        .flatMap(range -> Cidr.around(range).stream())
                        .toList());
    }

    /** Whether nobody can tell a client's address, since the server believes anybody's headers. */
    public boolean believeAnybody() {
        return header.isPresent() && trusted.isEmpty();
    }

    /**
     * The address of the client.
     *
     * @param peer who is at the other end of the connection, or whom the server takes the client for
     * @param spokenFor whether the other end is a trusted proxy
     * @param lines all values of a header, in their order
     * @return empty when nobody vouches for one
     */
    public Optional<Address> client(Optional<Address> peer, boolean spokenFor, Function<String, List<String>> lines) {
        if (header.isEmpty()) return peer;
        if (trusted.isEmpty()) return Optional.empty();
        if (!spokenFor) return peer;
        var said = lines.apply(header.get());
        return said.isEmpty() ? peer : lastStranger(hops(said));
    }

    private List<String> hops(List<String> lines) {
        var hops = new ArrayList<String>();
        // NB. Empty ones too: a proxy that says nothing must not pass its turn to what the client typed.
        for (var line : lines) hops.addAll(List.of(line.split(",", -1)));
        return header.filter(STANDARD::equals).isEmpty()
                ? hops
                : hops.stream().map(Proxies::parameter).toList();
    }

    private static String parameter(String element) {
        var matcher = FOR.matcher(element);
        return matcher.find() ? matcher.group(1) : "";
    }

    private Optional<Address> lastStranger(List<String> hops) {
        var client = Optional.<Address>empty();
        for (int i = hops.size() - 1; i >= 0; i--) {
            client = address(hops.get(i).strip());
            // NB. A proxy that does not say whom it speaks for vouches for nobody.
            if (client.isEmpty() || !trusts(client.get())) return client;
        }
        return client;
    }

    private boolean trusts(Address address) {
        return trusted.stream().anyMatch(range -> range.contains(address));
    }

    private static Optional<Address> address(String hop) {
        var matcher = WITH_PORT.matcher(hop);
        if (!matcher.matches()) return Address.of(hop);
        return Address.of(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
    }
}
