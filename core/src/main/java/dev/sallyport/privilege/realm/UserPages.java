package dev.sallyport.privilege.realm;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.UserStorageProvider;

/**
 * Users of a realm, by pages, to the last one. Keycloak removes whoever is gone from the directory that they came from when it
 * is about to name them, so that a page may be short though others follow.
 */
public record UserPages(KeycloakSession session, RealmModel realm) {

    /** How many users are looked at together. */
    public static final int PAGE = 500;

    /** Some of Keycloak's lists of users. */
    @FunctionalInterface
    public interface Query {
        Stream<UserModel> users(int first, int max);
    }

    /**
     * A part of such a list.
     *
     * @param next where the next page begins; empty when this was the last one
     */
    public record Page(List<UserModel> users, Optional<Integer> next) {}

    /** @param first how many users to pass over */
    public Page page(Query query, int first, int max) {
        var users = query.users(first, max).toList();
        boolean more = users.size() == max || (!users.isEmpty() && haveDirectories());
        // NB. Of those who were removed just now nobody has to be passed over.
        return new Page(users, Optional.of(first + users.size()).filter(next -> more));
    }

    /** All of them, read as they are taken. */
    public Stream<UserModel> all(Query query) {
        return Stream.iterate(Optional.of(page(query, 0, PAGE)), Optional::isPresent, page -> page.get()
                        .next()
                        .map(next -> page(query, next, PAGE)))
                .flatMap(page -> page.get().users().stream());
    }

    private boolean haveDirectories() {
        return realm.getComponentsStream(realm.getId(), UserStorageProvider.class.getName())
                .findAny()
                .isPresent();
    }
}
