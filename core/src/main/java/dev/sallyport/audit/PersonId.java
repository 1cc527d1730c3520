package dev.sallyport.audit;

import java.util.regex.Pattern;

/** What an id of a user looks like, and where a text mentions one as a whole. */
public final class PersonId {

    private static final String UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

    /** Keycloak's own, or {@code f:<id of the storage>:<id there>} of a user of another storage. */
    private static final Pattern FORM = Pattern.compile(UUID + "|f:" + UUID + ":[^\"\\\\,\\s\\p{Z}\\p{Cntrl}]{1,200}");

    private static final String OF_DIRECTORIES = "\"\\, \n\t";

    private static final Pattern BY_A_DIRECTORY = Pattern.compile("f:" + UUID + ":");

    /** Behind what the id of a user is in a path of Keycloak's administration. */
    private static final Pattern USERS = Pattern.compile("(^|/)(users|members)/$", Pattern.CASE_INSENSITIVE);

    /**
     * What such a path names of a user, behind the id.
     *
     * <p>NB. Not just anything: what a directory calls its users may hold a slash, so that {@code bob} and {@code bob/admin} are
     * two.
     */
    private static final Pattern OF_A_USER =
            Pattern.compile("^/(configured-user-storage-credential-types|consents|credentials"
                    + "|disable-credential-types|execute-actions-email|federated-identity|groups|impersonation|logout|offline-sessions"
                    + "|organizations|reset-password|reset-password-email|role-mappings|send-verify-email|sessions|unmanagedAttributes|vc)"
                    + "([/\"\\\\, \n\t]|$)");

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
        boolean ofDirectory = id.startsWith("f:");
        var separators = ofDirectory ? OF_DIRECTORIES : OF_DIRECTORIES + "/.:;'|&?#()[]{}=<>";
        for (int at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
            var before = text.substring(0, at);
            var after = text.substring(at + id.length());
            boolean ends = after.isEmpty() || separators.indexOf(after.charAt(0)) >= 0;
            if (ends && (at == 0 || separators.indexOf(text.charAt(at - 1)) >= 0)) return true;
            if (ofDirectory
                    && inPath(before)
                    && (ends || OF_A_USER.matcher(after).find())) return true;
        }
        return false;
    }

    // NB. Behind the id of somebody else it may be a part of theirs.
    private static boolean inPath(String before) {
        int begin = before.length();
        while (begin > 0 && OF_DIRECTORIES.indexOf(before.charAt(begin - 1)) < 0) begin--;
        var path = before.substring(begin);
        return USERS.matcher(path).find() && !BY_A_DIRECTORY.matcher(path).find();
    }
}
