package dev.sallyport.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.SallyportTest;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An act whose record cannot be written does not happen, and nothing of it is left; one that is taken back is recorded as tried. */
@SallyportTest(postgres = true)
class UnrecordedActsIT {

    private static KeycloakServer node;
    private static GuardedRealm guarded;

    @BeforeAll
    static void makeRealm(KeycloakServer server) {
        node = server;
        guarded = GuardedRealm.on(server, r -> r.group("/dba")
                .role("keeper")
                .user("bob", u -> u.password(GuardedRealm.PASSWORD).groups("/dba"))
                .user("eve", u -> u.password(GuardedRealm.PASSWORD)
                        .clientRoles("realm-management", "manage-users", "view-users", "query-users"))
                .client("console", c -> c.publicClient().directGrants()));
        Person.mayAskFrom(guarded, "console");
        for (var mode : new String[] {"token", "assignment"})
            guarded.realm().api().post("/privileges", """
                    {"name":"keeping-by-%1$s","displayName":"Keeping","mode":"%1$s","grants":{"realmRoles":["keeper"]},
                     "eligible":{"groups":["/dba"]},
                     "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H"}}""".formatted(mode)).expect(201);
    }

    @Test
    void elevationThatCannotBeRecordedIsNone() throws SQLException {
        var bob = Person.loggedIn(guarded, "bob", Optional.empty());
        var api = guarded.realm().publicApi().as(bob.tokens().accessToken());
        for (var mode : new String[] {"token", "assignment"}) {
            var request = "{\"privilege\":\"keeping-by-" + mode + "\",\"justification\":\"as agreed\"}";

            var answer = unrecorded(() -> api.post("/elevations", request));

            assertThat(answer.status()).as(mode).isEqualTo(500);
        }
        assertThat(api.get("/elevations").expect(200).json()).isEmpty();
        // NB. Of a mapping there is a lease first, whatever becomes of the act; it goes by itself.
        assertThat(count("select count(*) from sp_elevation where realm_id = ?"))
                .isZero();
        assertThat(guarded.realm()
                        .admin()
                        .users()
                        .get(guarded.realm().userId("bob"))
                        .roles()
                        .realmLevel()
                        .listAll())
                .extracting("name")
                .doesNotContain("keeper");

        api.post("/elevations", "{\"privilege\":\"keeping-by-token\",\"justification\":\"as agreed\"}")
                .expect(201);
    }

    @Test
    void changeByKeycloaksOwnAdministrationThatCannotBeRecordedDoesNotHappen() throws SQLException {
        var eve = Person.loggedIn(guarded, "eve", Optional.empty());
        var api =
                node.api("/admin/realms/" + guarded.realm().name(), eve.tokens().accessToken());
        var ann = "/users/" + guarded.realm().userId("ann");

        var changed = unrecorded(() -> api.put(ann, "{\"lastName\":\"Unrecorded\"}"));
        var made = unrecorded(() -> api.post("/users", "{\"username\":\"unrecorded\"}"));
        var removed = unrecorded(() -> api.delete("/users/" + guarded.realm().userId("ben")));

        for (var answer : List.of(changed, made, removed))
            assertThat(answer.status()).as(answer.request()).isGreaterThanOrEqualTo(400);
        assertThat(api.get(ann).json().path("lastName").asText()).isNotEqualTo("Unrecorded");
        assertThat(guarded.realm().admin().users().searchByUsername("unrecorded", true))
                .isEmpty();
        assertThat(guarded.realm().admin().users().searchByUsername("ben", true))
                .hasSize(1);
        assertThat(count(
                        "select count(*) from user_entity where realm_id = ? and (last_name = 'Unrecorded' or username ="
                                + " 'unrecorded')"))
                .isZero();

        api.put(ann, "{\"lastName\":\"Recorded\"}").expect(204);
        assertThat(api.get(ann).json().path("lastName").asText()).isEqualTo("Recorded");
    }

    @Test
    void refreshThatCannotBeRecordedGivesNoToken() throws SQLException {
        var eve = Person.loggedIn(guarded, "eve", Optional.empty());

        var refreshed = unrecorded(() -> eve.console().refresh(eve.tokens().refreshToken()));

        assertThat(refreshed.status()).isGreaterThanOrEqualTo(500);
        assertThat(refreshed.body().has("access_token")).isFalse();
        assertThat(refreshed.body().has("refresh_token")).isFalse();
    }

    @Test
    void changeThatIsTakenBackWhenItIsCommittedIsRecordedAsOneThatWasTried() throws SQLException {
        var eve = Person.loggedIn(guarded, "eve", Optional.empty());
        var api =
                node.api("/admin/realms/" + guarded.realm().name(), eve.tokens().accessToken());
        var ann = "/users/" + guarded.realm().userId("ann");
        var before = api.get(ann).expect(200).json().path("lastName");

        var changed = takenBack("Poison", () -> api.put(ann, "{\"lastName\":\"Poison\"}"));

        assertThat(changed.status()).isGreaterThanOrEqualTo(400);
        assertThat(api.get(ann).expect(200).json().path("lastName")).isEqualTo(before);
        var session = eve.tokens().claims().path("sid").asText();
        var timeline = guarded.realm()
                .api()
                .get("/sessions/" + session + "/events?max=1000")
                .expect(200)
                .json();
        assertThat(timeline)
                .filteredOn(entry -> entry.at("/details/operation").asText().equals("UPDATE"))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.path("type").asText()).isEqualTo("session.event");
                    assertThat(entry.at("/details/outcome").asText()).isEqualTo("rolled-back");
                    assertThat(entry.at("/details/kind").asText()).isEqualTo("admin");
                    assertThat(entry.at("/actor/name").asText()).isEqualTo("eve");
                });
    }

    /** What comes of it while the database takes nobody of that name, and says so when a transaction is committed. */
    private static <T> T takenBack(String lastName, Supplier<T> act) throws SQLException {
        sql("""
                create function refuse_name() returns trigger language plpgsql as $$
                begin
                  if new.last_name = '%s' then raise exception 'nobody is called that'; end if;
                  return new;
                end $$""".formatted(lastName));
        sql("""
                create constraint trigger refuse_name after insert or update on user_entity
                deferrable initially deferred for each row execute function refuse_name()""");
        try {
            return act.get();
        } finally {
            sql("drop trigger refuse_name on user_entity");
            sql("drop function refuse_name()");
        }
    }

    /** What comes of it while the realm's audit log takes nothing. */
    private static <T> T unrecorded(Supplier<T> act) throws SQLException {
        sql("""
                create function refuse() returns trigger language plpgsql as $$
                begin
                  if new.realm_id = '%s' then raise exception 'the audit log is full'; end if;
                  return new;
                end $$""".formatted(realmId()));
        sql("create trigger refuse before insert on sp_audit_entry for each row execute function refuse()");
        try {
            return act.get();
        } finally {
            sql("drop trigger refuse on sp_audit_entry");
            sql("drop function refuse()");
        }
    }

    private static String realmId() {
        return guarded.realm().admin().toRepresentation().getId();
    }

    private static long count(String select) throws SQLException {
        try (var connection = node.jdbc();
                var query = connection.prepareStatement(select)) {
            query.setString(1, realmId());
            try (var rows = query.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    private static void sql(String statement) throws SQLException {
        try (var connection = node.jdbc();
                var statements = connection.createStatement()) {
            statements.execute(statement);
        }
    }
}
