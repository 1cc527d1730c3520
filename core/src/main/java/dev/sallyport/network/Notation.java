package dev.sallyport.network;

import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.ipv4.IPv4AddressStringParameters;

/**
 * The notation of addresses that everybody reads alike: four decimal numbers, or IPv6 as in RFC 4291. Octal and
 * hexadecimal numbers, left out parts, ranges and wildcards mean different networks to different readers.
 */
final class Notation {

    private Notation() {}

    static IPAddressStringParameters.Builder strict() {
        var notation = new IPAddressStringParameters.Builder()
                .allowEmpty(false)
                .allowAll(false)
                .allowSingleSegment(false)
                .allowMask(false)
                .allowPrefixOnly(false)
                .allowWildcardedSeparator(false)
                .setRangeOptions(RangeParameters.NO_RANGE)
                .allow_inet_aton(false);
        var ipv6 = notation.getIPv6AddressParametersBuilder()
                .allowZone(false)
                .allowBase85(false)
                .allowBinary(false)
                .allowPrefixLengthLeadingZeros(false);
        decimal(notation.getIPv4AddressParametersBuilder());
        decimal(ipv6.getEmbeddedIPv4AddressParametersBuilder());
        return notation;
    }

    private static void decimal(IPv4AddressStringParameters.Builder ipv4) {
        ipv4.allow_inet_aton(false).allowLeadingZeros(false).allowBinary(false).allowPrefixLengthLeadingZeros(false);
    }
}
