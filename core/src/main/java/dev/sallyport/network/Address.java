package dev.sallyport.network;

import inet.ipaddr.IPAddress;
import java.net.InetAddress;
import java.util.Optional;

/**
 * One IP address. An IPv4 address that is written in IPv6's way ({@code ::ffff:192.0.2.1}) is the IPv4 address, since which
 * of the two a server sees depends on how its socket was opened and not on where the client is.
 */
public final class Address {

    private final IPAddress ip;

    private Address(IPAddress ip) {
        this.ip = ip;
    }

    /** @return empty unless the text is an address in its usual notation, without zone; no name is ever looked up */
    public static Optional<Address> of(String text) {
        return Notation.read(text).map(ip -> new Address(plain(ip)));
    }

    private static IPAddress plain(IPAddress ip) {
        return ip.isIPv6() && ip.toIPv6().isIPv4Mapped() ? ip.toIPv6().getEmbeddedIPv4Address() : ip;
    }

    IPAddress ip() {
        return ip;
    }

    public InetAddress inet() {
        return ip.toInetAddress();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Address address && ip.equals(address.ip);
    }

    @Override
    public int hashCode() {
        return ip.hashCode();
    }

    /** The address in its canonical notation (RFC 5952 for IPv6). */
    @Override
    public String toString() {
        return ip.toCanonicalString();
    }
}
