package dev.sallyport.privilege.realm;

import java.util.regex.Pattern;
import org.keycloak.common.Version;

/** What the release of Keycloak can be relied on for. */
final class ServerRelease {

    static final String TOO_OLD = "that needs Keycloak 26.7.1 or later";

    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,6}).*");

    private ServerRelease() {}

    /**
     * Whether its administration looks at what is mapped to a user, and not at what a token says: else a token would open it
     * after the mapping is gone.
     */
    static boolean judgesMappings() {
        return judgesMappings(Version.VERSION);
    }

    static boolean judgesMappings(String version) {
        var numbers = NUMBERS.matcher(String.valueOf(version));
        if (!numbers.matches()) return false;
        long release = 0;
        for (int i = 1; i <= 3; i++) release = release * 1_000_000 + Integer.parseInt(numbers.group(i));
        return release >= 26_000_007_000_001L;
    }
}
