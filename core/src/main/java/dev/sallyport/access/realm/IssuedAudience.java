package dev.sallyport.access.realm;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.keycloak.models.AuthenticatedClientSessionModel;

/**
 * The clients that an application's last token reached. The audience of a token is known only once it has been made, but a
 * refresh must be refused before: a later refusal would have used up the refresh token.
 */
public final class IssuedAudience {

    private static final String NOTE = "sallyport.audience";
    private static final String SEPARATOR = " ";

    private IssuedAudience() {}

    /** What the last token reached; empty when none was issued yet. */
    public static Set<String> lastOf(AuthenticatedClientSessionModel clientSession) {
        return Optional.ofNullable(clientSession.getNote(NOTE))
                .filter(note -> !note.isEmpty())
                .map(note -> Set.of(note.split(SEPARATOR)))
                .orElse(Set.of());
    }

    /** Written only when it changes: a note is a write to the database. */
    public static void remember(AuthenticatedClientSessionModel clientSession, Set<String> audience) {
        var note = audience.stream().sorted().collect(Collectors.joining(SEPARATOR));
        if (!note.equals(Optional.ofNullable(clientSession.getNote(NOTE)).orElse(""))) {
            clientSession.setNote(NOTE, note);
        }
    }
}
