package dev.sallyport.network;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.IncompatibleAddressException;
import inet.ipaddr.ipv4.IPv4AddressStringParameters;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The notation of addresses that everybody reads alike: four decimal numbers, or IPv6 as in RFC 4291. Octal and
 * hexadecimal numbers, left out parts, ranges and wildcards mean different networks to different readers.
 */
final class Notation {

    /** The longest address is an IPv4 one in IPv6's way, written out. */
    private static final Pattern LETTERS = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

    private static final IPAddressStringParameters STRICT = strict();

    private Notation() {}

    /** @return empty unless the text is exactly one address; no name is ever looked up */
    static Optional<IPAddress> read(String text) {
        if (!LETTERS.matcher(text).matches()) return Optional.empty();
        try {
            return Optional.of(new IPAddressString(text, STRICT).toAddress());
        } catch (AddressStringException | IncompatibleAddressException e) {
            return Optional.empty();
        }
    }

    private static IPAddressStringParameters strict() {
        var notation = new IPAddressStringParameters.Builder()
                .allowEmpty(false)
                .allowAll(false)
                .allowSingleSegment(false)
                .allowPrefix(false)
                .allowMask(false)
                .allowWildcardedSeparator(false)
                .setRangeOptions(RangeParameters.NO_RANGE)
                .allow_inet_aton(false);
        var ipv6 = notation.getIPv6AddressParametersBuilder()
                .allowZone(false)
                .allowBase85(false)
                .allowBinary(false);
        decimal(notation.getIPv4AddressParametersBuilder());
        decimal(ipv6.getEmbeddedIPv4AddressParametersBuilder());
        return notation.toParams();
    }

    private static void decimal(IPv4AddressStringParameters.Builder ipv4) {
        ipv4.allow_inet_aton(false).allowLeadingZeros(false).allowBinary(false);
    }
}
