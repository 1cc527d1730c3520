package dev.sallyport.posture;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What firmware and inventories put where a serial number or an id should be. Thousands of machines bear the same one, so it
 * is a key to none of them: whoever found a device by it would have the health of another.
 */
final class Placeholder {

    /** Zeros, and what else is repeated to fill a field; also as a UUID. */
    private static final Pattern FILLING = Pattern.compile("[0-]*|[f-]*|x*|[.]*|[?]*|[*]*");

    private static final Set<String> WORDS = Set.of(
            "-1",
            "0123456789",
            "03000200-0400-0500-0006-000700080009",
            "123456789",
            "1234567890",
            "base board serial number",
            "chassis serial number",
            "default",
            "default string",
            "empty",
            "invalid",
            "n/a",
            "na",
            "none",
            "not applicable",
            "not available",
            "not specified",
            "null",
            "o.e.m.",
            "oem",
            "serial number",
            "system serial number",
            "to be filled by o.e.m",
            "to be filled by o.e.m.",
            "undefined",
            "unknown");

    private Placeholder() {}

    static boolean is(String key) {
        var text = key.strip().toLowerCase(Locale.ROOT);
        return WORDS.contains(text) || FILLING.matcher(text).matches();
    }
}
