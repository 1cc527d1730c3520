package dev.sallyport.benchmarks.nodes;

import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.LogoutReceiver;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.Realm;
import dev.sallyport.it.harness.TokenResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * How soon a session is over after what a rule is about: an administrator changes too much, from the answer to the last change
 * until the other node gives no token any more, and until the application is told.
 */
final class ResponsesToFindings {

    private static final String APPLICATION = "console";
    private static final String PASSWORD = "a password that is long enough";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(20);

    /** How many pass before it counts: what a server does for the first time takes longer. */
    private static final int WARM_UPS = 10;

    private final Realm here;
    private final OidcClient there;
    private final LogoutReceiver receiver;
    private final String colleague;

    private ResponsesToFindings(Realm here, OidcClient there, LogoutReceiver receiver) {
        this.here = here;
        this.there = there;
        this.receiver = receiver;
        this.colleague = here.userId("colleague");
    }

    /** @param arguments how many sessions */
    public static void main(String[] arguments) {
        int people = Integer.parseInt(arguments[0]);
        try (var receiver = LogoutReceiver.start();
                var cluster = KeycloakCluster.start(2, "responses")) {
            var realm = realm(cluster, receiver, WARM_UPS + people);
            var there = realm.at(cluster.node(2)).oidc(APPLICATION);
            var measurement = new ResponsesToFindings(realm, there, receiver);
            for (int i = 0; i < WARM_UPS; i++) measurement.refused("user-" + i);
            var refused = new ArrayList<Duration>();
            var told = new ArrayList<Duration>();
            for (int i = WARM_UPS; i < WARM_UPS + people; i++) {
                var over = measurement.refused("user-" + i);
                refused.add(over.refused());
                told.addAll(over.told());
            }
            System.out.println("\nFrom the answer to the last change, in milliseconds\n");
            System.out.println(
                    "                                                p50      p90      p99      max   measured");
            row("refresh is refused at the other node", refused, people);
            row("application is told of the end", told, people);
        }
        // NB. Clients of the harness keep threads that would keep the program running.
        System.exit(0);
    }

    private static void row(String what, List<Duration> measured, int expected) {
        System.out.printf("  %-38s %s%n", what, Spread.of(measured, expected).row());
    }

    private static Realm realm(KeycloakCluster cluster, LogoutReceiver receiver, int people) {
        var realm = cluster.node(1).realm(r -> {
            r.with(representation -> representation.setAccessTokenLifespan(3_600));
            r.user("colleague", u -> u.password(PASSWORD));
            for (int i = 0; i < people; i++) {
                r.user("user-" + i, u -> u.password(PASSWORD)
                        .clientRoles("realm-management", "manage-users", "view-users", "query-users"));
            }
            r.client(APPLICATION, c -> c.publicClient().with(client -> client.getAttributes()
                    .putAll(Map.of(
                            "backchannel.logout.url",
                            receiver.url(APPLICATION),
                            "backchannel.logout.session.required",
                            "true"))));
        });
        realm.setup();
        realm.api().post("/detections", """
                {"name":"burst","kind":"admin-burst","severity":"high","responses":["end-session"],
                 "count":2,"within":"PT1M"}""").expect(201);
        return realm;
    }

    /** How long it took; not told is no duration. */
    private record Over(Duration refused, List<Duration> told) {}

    private Over refused(String user) {
        var browser = here.oidc(APPLICATION);
        var tokens = browser.exchange(browser.login(user, PASSWORD));
        change(tokens, "one");
        change(tokens, "two");
        var since = Instant.now();
        while (there.refresh(tokens.refreshToken()).status() == 200) {
            if (Instant.now().isAfter(since.plus(PATIENCE))) throw new IllegalStateException("It goes on");
            LockSupport.parkNanos(LOOK.toNanos());
        }
        var refused = Duration.between(since, Instant.now());
        var sid = tokens.claims().path("sid").asText();
        receiver.notices(APPLICATION, List.of(sid), PATIENCE);
        var told = receiver.notice(APPLICATION, sid).stream()
                .map(notice -> Duration.between(since, notice.at()))
                .toList();
        return new Over(refused, told);
    }

    private void change(TokenResponse tokens, String name) {
        here.server()
                .api("/admin/realms/" + here.name(), tokens.accessToken())
                .put("/users/" + colleague, "{\"lastName\":\"" + name + "\"}")
                .expect(204);
    }
}
