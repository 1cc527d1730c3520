package dev.sallyport.benchmarks.nodes;

import dev.sallyport.it.harness.OidcClient;
import dev.sallyport.it.harness.Realm;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One refresh after the other, each client in a session of its own, with and without somebody who keeps a record of it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class RecordedRefresh {

    private static final String CLIENT = "console";
    private static final String PASSWORD = "a password that is long enough";
    private static final String ORDINARY = "reader";
    private static final String PRIVILEGED = "keeper";

    /** Whose refresh it is: of people with one role each, since roles make tokens longer. */
    public enum Kind {
        STOCK("Keycloak by itself", "ann"),
        STORED("the same, its events stored", "ann"),
        ORDINARY("a realm with the pack, an ordinary session", "ann"),
        RECORDED("the same, a privileged session, recorded", "bob");

        private final String text;
        private final String username;

        Kind(String text, String username) {
            this.text = text;
            this.username = username;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    @Param
    public Kind kind;

    private OidcClient door;
    private String token;

    @Setup
    public void signIn() {
        door = AuditVolume.realm(kind).oidc(CLIENT);
        token = door.passwordGrant(kind.username, PASSWORD).refreshToken();
    }

    @Benchmark
    public String refresh() {
        var answer = door.refresh(token);
        if (answer.status() != 200) throw new IllegalStateException(kind + " is answered " + answer.status());
        return answer.accessToken();
    }

    /** The realms in which they are measured. */
    static Map<Kind, Realm> realms() {
        var guarded = realm(false);
        guarded.setup();
        guarded.api().post("/privileges", """
                        {"name":"keeping","displayName":"Keeping","mode":"token","grants":{"realmRoles":["%s"]},
                         "eligible":{"users":["eve"]},"activation":{"maxDuration":"PT1H","defaultDuration":"PT1H"}}""".formatted(PRIVILEGED)).expect(201);
        return Map.of(
                Kind.STOCK, realm(false), Kind.STORED, realm(true), Kind.ORDINARY, guarded, Kind.RECORDED, guarded);
    }

    private static Realm realm(boolean stored) {
        return AuditVolume.server().realm(r -> {
            r.client(CLIENT, c -> c.publicClient().directGrants());
            r.role(ORDINARY).role(PRIVILEGED);
            r.user("ann", u -> u.password(PASSWORD).roles(ORDINARY));
            r.user("bob", u -> u.password(PASSWORD).roles(PRIVILEGED));
            r.user("eve", u -> u.password(PASSWORD).roles(ORDINARY));
            r.with(representation -> {
                representation.setEventsEnabled(stored);
                representation.setEnabledEventTypes(List.of("REFRESH_TOKEN"));
            });
        });
    }
}
