package dev.sallyport.rest;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** IP addresses as text. */
final class AddressLiteral {

    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

    private AddressLiteral() {}

    /** Whether it is an IPv4 address in dotted decimals or an IPv6 address without a zone. No name is ever looked up. */
    static boolean valid(String text) {
        if (text.matches(OCTET + "(\\." + OCTET + "){3}")) return true;
        if (!text.matches("[0-9A-Fa-f:.]{2,45}") || !text.contains(":")) return false;
        try {
            // NB. What has a colon is never taken for a host's name.
            InetAddress.getByName(text);
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
