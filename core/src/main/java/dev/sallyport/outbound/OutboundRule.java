package dev.sallyport.outbound;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.network.Address;
import dev.sallyport.network.Cidr;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which addresses a realm's configuration may have the server connect to: public ones, and what whoever starts the server
 * allows. An administrator of a realm need not be one of the network, so an address that only works from within it is
 * refused.
 *
 * @param ranges addresses that are allowed besides public ones
 * @param hosts names that are allowed wherever they lead, in lower case
 */
public record OutboundRule(List<Cidr> ranges, Set<String> hosts) {

    /** Only public addresses. */
    public static final OutboundRule PUBLIC_ONLY = new OutboundRule(List.of(), Set.of());

    /** What everybody on the way can read, and what is used instead. */
    private static final Map<String, String> PLAIN_TEXT = Map.of("http", "https", "tcp", "tls");

    private static final int MAX_PORT = 65_535;

    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");

    private static final Pattern HOST = Pattern.compile("[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?");

    /**
     * IPv4 addresses that are not public: the registry of special addresses (RFC 6890), multicast, what is reserved, and the
     * address that every virtual machine at Azure finds its platform at.
     */
    private static final List<Cidr> SPECIAL = cidrs(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
            // NB. In these an IPv4 address may be hidden, or they are for documents and tests only.
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20");

    /** All of IPv6 that is given out for use between networks; the rest is private, local, mapped or unassigned. */
    private static final Cidr GLOBAL_IPV6 = Cidr.of("2000::/3");

    private static final Cidr IPV4 = Cidr.of("0.0.0.0/0");

    public OutboundRule {
        ranges = List.copyOf(ranges);
        hosts = Set.copyOf(hosts);
    }

    /**
     * @param option ranges of addresses and names of hosts with commas between them
     * @throws DocumentFault if one of them is neither: read otherwise it would allow something that nobody meant
     */
    public static OutboundRule of(String option) {
        var ranges = new ArrayList<Cidr>();
        var hosts = new LinkedHashSet<String>();
        for (var entry : option.split(",")) {
            var text = entry.strip();
            if (text.isEmpty()) continue;
            if (text.contains("/") || text.contains(":") || text.matches("[0-9.]+")) ranges.add(Cidr.of(text));
            else if (HOST.matcher(host(text)).matches()) hosts.add(host(text));
            else throw new DocumentFault("", "must be a range of addresses or the name of a host: " + text);
        }
        return new OutboundRule(ranges, hosts);
    }

    /** Whether a connection to that host at that address may be made. */
    public boolean admits(String host, Address address) {
        return trusts(host, address) || isPublic(address);
    }

    /** Whether the server's configuration, and not only the realm's, stands for that host at that address. */
    public boolean trusts(String host, Address address) {
        return hosts.contains(host(host)) || ranges.stream().anyMatch(range -> range.contains(address));
    }

    private static boolean isPublic(Address address) {
        return (IPV4.contains(address) || GLOBAL_IPV6.contains(address))
                && SPECIAL.stream().noneMatch(range -> range.contains(address));
    }

    /**
     * Reads the address of a service.
     *
     * @throws DocumentFault unless it is an absolute http or https URL with a host and without user, query and fragment
     */
    public static URI service(String url) {
        return address(url, Set.of("http", "https"), "https://mdm.example.com");
    }

    /**
     * Reads the address of a server that is sent a stream.
     *
     * @throws DocumentFault unless it is {@code tls://} or {@code tcp://} with a host and a port and nothing besides; TLS has
     *     the port of syslog, 6514, by default
     */
    public static URI stream(String url) {
        var example = "tls://logs.example.com:6514";
        var uri = address(url, Set.of("tls", "tcp"), example);
        if (!uri.getRawPath().isEmpty() || uri.getPort() < 0 && uri.getScheme().equalsIgnoreCase("tcp")) {
            throw new DocumentFault("", "must be an address such as " + example);
        }
        return uri;
    }

    private static URI address(String url, Set<String> schemes, String example) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new DocumentFault("", "must be a URL such as " + example);
        }
        if (uri.getScheme() == null
                || !schemes.contains(uri.getScheme().toLowerCase(Locale.ROOT))
                || uri.getHost() == null
                || uri.getPort() > MAX_PORT
                || uri.getPort() == 0) {
            throw new DocumentFault("", "must be a URL such as " + example);
        }
        if (Stream.of(uri.getRawUserInfo(), uri.getRawQuery(), uri.getRawFragment())
                .anyMatch(part -> part != null)) {
            throw new DocumentFault("", "must hold neither user, query nor fragment");
        }
        if (isDisguised(host(uri.getHost()))) {
            throw new DocumentFault("", "must name its host, or give its IPv4 address as four decimal numbers");
        }
        return uri;
    }

    // NB. Systems read such names as IPv4 addresses, each in its own way, and no host has one: what the rule looks at
    // must be what is connected to.
    private static boolean isDisguised(String host) {
        var last = host.substring(host.lastIndexOf('.') + 1);
        return NUMBER.matcher(last).matches() && Address.of(host).isEmpty();
    }

    /** The host as rules and certificates name it: in lower case, without the brackets of an IPv6 address or a last dot. */
    public static String host(String written) {
        var host = written.toLowerCase(Locale.ROOT);
        if (host.startsWith("[") && host.endsWith("]")) return host.substring(1, host.length() - 1);
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    /** What is wrong with going there; empty if nothing is. */
    public Optional<String> objection(URI uri, Address address) {
        var host = host(uri.getHost());
        if (!admits(host, address)) {
            return Optional.of("leads to " + address
                    + ", which is not a public address and not allowed by the server's option"
                    + " spi-sallyport-outbound--default--allow");
        }
        return trusts(host, address) ? Optional.empty() : objectionToPlainText(uri);
    }

    /** The same where it is not known to which address the host leads. */
    public Optional<String> objection(URI uri) {
        return hosts.contains(host(uri.getHost())) ? Optional.empty() : objectionToPlainText(uri);
    }

    private static Optional<String> objectionToPlainText(URI uri) {
        var instead = PLAIN_TEXT.get(uri.getScheme().toLowerCase(Locale.ROOT));
        return Optional.ofNullable(instead)
                .map(scheme -> "must begin with " + scheme + ":// unless the server's option"
                        + " spi-sallyport-outbound--default--allow names the host");
    }

    private static List<Cidr> cidrs(String... texts) {
        return Stream.of(texts).map(Cidr::of).toList();
    }
}
