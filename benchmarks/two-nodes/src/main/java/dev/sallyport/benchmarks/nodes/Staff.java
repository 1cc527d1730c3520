package dev.sallyport.benchmarks.nodes;

import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.LogoutReceiver;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.Realm;
import dev.sallyport.it.harness.TokenResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** A realm with people who have a role of Keycloak's own for a while, and whose sessions end with it. */
final class Staff {

    static final String APPLICATION = "console";

    private static final String PASSWORD = "a password that is long enough";
    private static final String ROLE = "keeper";
    private static final String PRIVILEGE = "keeping";
    private static final String HASHED_ONCE = "hashAlgorithm(pbkdf2-sha256) and hashIterations(1)";

    private final Realm here;
    private final Realm there;
    private final String role;

    private Staff(Realm here, Realm there) {
        this.here = here;
        this.there = there;
        this.role = here.admin().roles().get(ROLE).toRepresentation().getId();
    }

    /** Somebody at work. */
    record Member(String userId, String sid, TokenResponse tokens) {}

    /** Somebody who has the role until then. */
    record Elevated(Member member, Instant end) {}

    static Staff in(KeycloakCluster cluster, LogoutReceiver receiver, int people) {
        var realm = cluster.node(1).realm(r -> {
            r.with(representation -> {
                representation.setPasswordPolicy(HASHED_ONCE);
                representation.setAccessTokenLifespan(3_600);
            });
            r.role(ROLE).group("/staff");
            for (int i = 0; i < people; i++)
                r.user("user-" + i, u -> u.password(PASSWORD).groups("/staff"));
            r.client(APPLICATION, c -> c.publicClient().with(client -> client.getAttributes()
                    .putAll(Map.of(
                            "backchannel.logout.url",
                            receiver.url(APPLICATION),
                            "backchannel.logout.session.required",
                            "true"))));
        });
        realm.setup();
        var admin = realm.admin();
        var console = admin.clients().findByClientId(APPLICATION).get(0).getId();
        admin.clientScopes().findAll().stream()
                .filter(found -> found.getName().equals("sallyport"))
                .forEach(found -> admin.clients().get(console).addOptionalClientScope(found.getId()));
        realm.api().post("/privileges", """
                        {"name":"%s","displayName":"Keeping","mode":"assignment","grants":{"realmRoles":["%s"]},
                         "eligible":{"groups":["/staff"]},"endSessions":true,
                         "activation":{"maxDuration":"PT1H","defaultDuration":"PT1H"}}""".formatted(PRIVILEGE, ROLE)).expect(201);
        return new Staff(realm, realm.at(cluster.node(2)));
    }

    List<Member> atWork(int people) {
        return Company.parallel(4, people, i -> {
            var browser = here.oidc(APPLICATION);
            var tokens = browser.exchange(browser.login("user-" + i, PASSWORD, Map.of("scope", "openid sallyport")));
            var claims = tokens.claims();
            return new Member(claims.path("sub").asText(), claims.path("sid").asText(), tokens);
        });
    }

    /** @param until how long each has it, as seen when it is their turn to ask */
    List<Elevated> elevate(List<Member> members, Function<Instant, Duration> until) {
        return Company.parallel(4, members.size(), i -> {
            var member = members.get(i);
            var asked = "{\"privilege\":\"%s\",\"justification\":\"as agreed\",\"duration\":\"%s\"}"
                    .formatted(PRIVILEGE, until.apply(Instant.now()));
            var elevation = here.publicApi()
                    .as(member.tokens().accessToken())
                    .post("/elevations", asked)
                    .expect(201)
                    .json();
            return new Elevated(member, Instant.parse(elevation.path("end").asText()));
        });
    }

    /** Looks for whom the role is mapped to, as the database of both nodes has it; over one connection. */
    Mappings mappings() {
        try {
            return new Mappings(there.server().jdbc(), role);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Who has the role. */
    record Mappings(Connection connection, String role) implements AutoCloseable {

        /** @return the ids of users */
        Set<String> now() {
            try (var query = connection.prepareStatement("select USER_ID from USER_ROLE_MAPPING where ROLE_ID = ?")) {
                query.setString(1, role);
                try (var found = query.executeQuery()) {
                    var users = new HashSet<String>();
                    while (found.next()) users.add(found.getString(1));
                    return users;
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The application as it asks the other node; one for all that is asked, as applications keep their connections. */
    OidcClient atTheOtherNode() {
        return there.oidc(APPLICATION);
    }
}
