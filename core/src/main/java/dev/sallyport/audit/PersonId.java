package dev.sallyport.audit;

import java.util.regex.Pattern;

/** What an id of a user looks like, and where a text mentions one as a whole. */
public final class PersonId {

    private static final String UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

    /** Keycloak's own, or {@code f:<id of the storage>:<id there>} of a user of another storage. */
    private static final Pattern FORM = Pattern.compile(UUID + "|f:" + UUID + ":[^\"\\\\,\\s\\p{Z}\\p{Cntrl}]{1,200}");

    private PersonId() {}

    public static boolean is(String text) {
        return FORM.matcher(text).matches();
    }

    /**
     * Whether a text is that id, or mentions it among others as paths and documents do.
     *
     * <p>NB. Never as a part of something longer: that may be the id of somebody else.
     */
    public static boolean mentioned(String text, String id) {
        // NB. What a directory calls its users may hold most of what separates other ids.
        var separators = id.startsWith("f:") ? "\"\\, \n\t" : "\"\\, \n\t/.:;'|&?#()[]{}=<>";
        for (int at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
            int end = at + id.length();
            boolean begins = at == 0 || separators.indexOf(text.charAt(at - 1)) >= 0;
            if (begins && (end == text.length() || separators.indexOf(text.charAt(end)) >= 0)) return true;
        }
        return false;
    }
}
