package dev.sallyport.benchmarks.nodes;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sallyport.it.harness.KeycloakCluster;
import dev.sallyport.it.harness.LogoutReceiver;
import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.Realm;
import dev.sallyport.it.harness.TokenResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** A realm with many people at work in one application, which lets only healthy devices in; some are on devices of their own. */
final class Company {

    static final String APPLICATION = "ledger";

    private static final String PASSWORD = "a password that is long enough";
    private static final String API = "ledger-api";
    private static final String API_SECRET = "api-secret";
    private static final int PEOPLE = 1_000;
    private static final int THREADS = 8;

    /** NB. How a password is hashed decides how long the preparation takes, and nothing that is measured. */
    private static final String HASHED_ONCE = "hashAlgorithm(pbkdf2-sha256) and hashIterations(1)";

    private final Realm here;
    private final Realm there;
    private final AtomicInteger next = new AtomicInteger();

    private Company(Realm here, Realm there) {
        this.here = here;
        this.there = there;
    }

    /** Somebody at work on a device of their own. */
    record Place(String device, String sid, TokenResponse tokens) {}

    static Company in(KeycloakCluster cluster, LogoutReceiver receiver) {
        var realm = cluster.node(1).realm(r -> {
            r.with(representation -> {
                representation.setPasswordPolicy(HASHED_ONCE);
                representation.setAccessTokenLifespan(3_600);
                representation.setSsoSessionIdleTimeout(36_000);
            });
            for (int i = 0; i < PEOPLE; i++) r.user("user-" + i, u -> u.password(PASSWORD));
            // NB. All but the hundred work on no device at all, in an application of their own that nothing guards.
            r.client("intranet", c -> c.publicClient().directGrants());
            r.client(API, c -> c.resourceServer(API_SECRET));
            r.client(
                    APPLICATION,
                    c -> c.publicClient().directGrants().audience(API).with(client -> client.getAttributes()
                            .putAll(Map.of(
                                    "backchannel.logout.url",
                                    receiver.url(APPLICATION),
                                    "backchannel.logout.session.required",
                                    "true"))));
        });
        realm.setup();
        var anchor =
                JsonNodeFactory.instance.textNode(realm.server().pki().devices().pem());
        realm.deviceIdentification("""
                {"certificate":{"deviceId":"san-uri","prefix":"urn:device:","trustAnchors":[%s]}}""".formatted(anchor));
        realm.policy("""
                {"name":"healthy","state":"enforced","assignments":{"clients":{"include":["%s"]}},
                 "controls":{"device":{"proven":true,"compliant":true}}}""".formatted(APPLICATION));
        return new Company(realm, realm.at(cluster.node(2)));
    }

    /** Signs people in on both nodes until there are so many sessions. */
    void fill(int sessions) {
        var more = sessions - next.get();
        var doors = List.of(here.oidc("intranet"), there.oidc("intranet"));
        parallel(THREADS, more, i -> {
            var number = next.getAndIncrement();
            doors.get(i % 2).passwordGrant("user-" + number % PEOPLE, PASSWORD).accessToken();
            return number;
        });
    }

    /** Signs people in on healthy devices, each on one of their own. */
    List<Place> devices(int count, String series) {
        var places = parallel(4, count, i -> {
            var id = series + "-" + i;
            here.device("{\"id\":\"%s\",\"platform\":\"macos\"}".formatted(id));
            here.posture(id, posture(true));
            var browser = here.oidc(APPLICATION).certificate(here.server().pki().device(id));
            var tokens = browser.passwordGrant("user-" + i, PASSWORD);
            return new Place(id, tokens.claims().path("sid").asText(), tokens);
        });
        next.addAndGet(count);
        return places;
    }

    /** Reports to the first node that these devices are ill, in one request. */
    void fallIll(List<Place> places) {
        var reports = places.stream()
                .map(place -> "{\"device\":\"%s\",\"posture\":%s}".formatted(place.device, posture(false)))
                .collect(joining(",", "[", "]"));
        here.api().post("/devices/posture", reports).expect(200);
    }

    /** The application at the second node. */
    OidcClient application() {
        return there.oidc(APPLICATION);
    }

    /** A resource server at the second node. */
    OidcClient resourceServer() {
        return there.oidc(API).secret(API_SECRET);
    }

    private static String posture(boolean compliant) {
        return "{\"observedAt\":\"%s\",\"compliant\":%s}".formatted(Instant.now(), compliant);
    }

    /** Does it so many times on several threads, and fails as the first that failed did. */
    static <T> List<T> parallel(int threads, int count, IntFunction<T> work) {
        var pool = Executors.newFixedThreadPool(threads);
        try {
            var tasks = IntStream.range(0, Math.max(0, count))
                    .mapToObj(i -> pool.submit(() -> work.apply(i)))
                    .toList();
            var results = new ArrayList<T>();
            for (var task : tasks) results.add(task.get());
            return results;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            pool.shutdownNow();
        }
    }
}
