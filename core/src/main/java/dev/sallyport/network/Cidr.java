package dev.sallyport.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.sallyport.document.DocumentFault;
import inet.ipaddr.IPAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A range of addresses that share a prefix, such as {@code 10.0.0.0/8}, or a single address. */
public final class Cidr {

    private static final Pattern FORM = Pattern.compile("([^/]{1,45})(?:/(0|[1-9]\\d{0,2}))?");

    private final IPAddress block;
    private final String text;

    private Cidr(IPAddress block, String text) {
        this.block = block;
        this.text = text;
    }

    /** @throws DocumentFault if the text is not exactly one range */
    @JsonCreator
    public static Cidr of(String text) {
        var form = FORM.matcher(text);
        var first = form.matches() ? Notation.read(form.group(1)) : Optional.<IPAddress>empty();
        if (first.isEmpty() || prefix(form, first.get()) > first.get().getBitCount()) {
            throw new DocumentFault("", "must be an address range such as 10.0.0.0/8 or 2001:db8::/32");
        }
        var block = block(form, first.get());
        // NB. Of 10.1.2.3/8 nobody knows whether the address or the prefix is the typing error.
        if (!block.getLower().withoutPrefixLength().equals(first.get())) {
            throw new DocumentFault("", "must not have bits set after its prefix");
        }
        // NB. Addresses in this notation count as IPv4, so a range in it would never match.
        if (first.get().isIPv6() && first.get().toIPv6().isIPv4Mapped()) {
            throw new DocumentFault("", "must be written as an IPv4 range");
        }
        return new Cidr(block, text);
    }

    /** The range around an address of it, as those who configure servers may write it: bits after the prefix do not count. */
    public static Optional<Cidr> around(String text) {
        var form = FORM.matcher(text.strip());
        if (!form.matches()) return Optional.empty();
        return Notation.read(form.group(1))
                .filter(address -> prefix(form, address) <= address.getBitCount())
                .map(address -> new Cidr(block(form, address), text.strip()));
    }

    private static int prefix(Matcher form, IPAddress address) {
        return form.group(2) == null ? address.getBitCount() : Integer.parseInt(form.group(2));
    }

    private static IPAddress block(Matcher form, IPAddress address) {
        return address.toPrefixBlock(prefix(form, address));
    }

    public boolean contains(Address address) {
        return block.contains(address.ip());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr cidr && block.equals(cidr.block);
    }

    @Override
    public int hashCode() {
        return block.hashCode();
    }

    /** The range as it was written. */
    @Override
    @JsonValue
    public String toString() {
        return text;
    }
}
