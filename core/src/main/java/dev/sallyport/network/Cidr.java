package dev.sallyport.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.sallyport.document.DocumentFault;
import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.IncompatibleAddressException;

/** A range of addresses that share a prefix, such as {@code 10.0.0.0/8}, or a single address. */
public final class Cidr {

    private static final int MAX_TEXT = 49;

    private static final IPAddressStringParameters RANGE =
            Notation.strict().allowPrefix(true).toParams();

    private final IPAddress block;

    private Cidr(IPAddress block) {
        this.block = block;
    }

    /** @throws DocumentFault if the text is not exactly one range */
    @JsonCreator
    public static Cidr of(String text) {
        if (text.length() > MAX_TEXT) throw malformed();
        IPAddress block;
        try {
            block = new IPAddressString(text, RANGE).toAddress();
        } catch (AddressStringException | IncompatibleAddressException e) {
            throw malformed();
        }
        // NB. Of 10.1.2.3/8 nobody knows whether the address or the prefix is the typing error.
        if (block.isPrefixed() ? !block.isSinglePrefixBlock() : block.isMultiple()) {
            throw new DocumentFault("", "must not have bits set after its prefix");
        }
        // NB. Addresses in this notation count as IPv4, so a range in it would never match.
        if (block.isIPv6() && block.getLower().toIPv6().isIPv4Mapped()) {
            throw new DocumentFault("", "must be written as an IPv4 range");
        }
        return new Cidr(block);
    }

    private static DocumentFault malformed() {
        return new DocumentFault("", "must be an address range such as 10.0.0.0/8 or 2001:db8::/32");
    }

    public boolean contains(Address address) {
        return block.contains(address.ip());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr cidr && toString().equals(cidr.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** The range in its canonical notation. */
    @Override
    @JsonValue
    public String toString() {
        return block.toCanonicalString();
    }
}
