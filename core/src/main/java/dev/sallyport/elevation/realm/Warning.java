package dev.sallyport.elevation.realm;

import dev.sallyport.document.Documents;
import java.util.Optional;
import java.util.UUID;
import org.keycloak.events.outbox.OutboxStore;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Mail to those who administer a realm's privileges, written down now and sent afterwards. */
public final class Warning {

    private static final String CLIENT = "sallyport";
    private static final String ROLE = "manage";
    private static final int MOST = 100;

    private Warning() {}

    /**
     * Tells those who hold the role {@code manage} of the client {@code sallyport} themselves.
     *
     * @param rule what found it
     * @param about whom or what it concerns, as people call it
     * @param what it is
     * @return how many people are told; none where the realm has no mail server
     */
    public static int toThoseWhoManage(
            KeycloakSession session, RealmModel realm, String rule, String about, String what) {
        var smtp = realm.getSmtpConfig();
        var client = realm.getClientByClientId(CLIENT);
        var role = client == null ? null : client.getRole(ROLE);
        if (smtp == null || smtp.isEmpty() || role == null) return 0;
        var outbox = new OutboxStore(session);
        var people = session.users()
                .getRoleMembersStream(realm, role, 0, MOST)
                .filter(Post::reachable)
                .toList();
        people.forEach(person -> {
            var letter = new Letter(
                    person.getId(), "finding", rule, about, Optional.of(what), Optional.empty(), Optional.empty());
            var id = UUID.randomUUID().toString();
            outbox.enqueuePending(Post.KIND, realm.getId(), id, null, id, letter.kind(), Documents.write(letter), null);
        });
        return people.size();
    }
}
