package dev.sallyport.network;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.IncompatibleAddressException;
import java.net.InetAddress;
import java.util.Optional;

/**
 * One IP address. An IPv4 address that is written in IPv6's way ({@code ::ffff:192.0.2.1}) is the IPv4 address, since which
 * of the two a server sees depends on how its socket was opened and not on where the client is.
 */
public final class Address {

    /** The longest text that can be an address, an IPv4 one in IPv6's way written out. */
    private static final int MAX_TEXT = 45;

    private static final IPAddressStringParameters ONE =
            Notation.strict().allowPrefix(false).toParams();

    private final IPAddress ip;

    private Address(IPAddress ip) {
        this.ip = ip;
    }

    /** @return empty unless the text is an address in its usual notation, without zone; no name is ever looked up */
    public static Optional<Address> of(String text) {
        if (text.length() > MAX_TEXT) return Optional.empty();
        try {
            return Optional.of(new Address(plain(new IPAddressString(text, ONE).toAddress())));
        } catch (AddressStringException | IncompatibleAddressException e) {
            return Optional.empty();
        }
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
