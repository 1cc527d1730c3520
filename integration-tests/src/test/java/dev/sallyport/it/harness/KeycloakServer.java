package dev.sallyport.it.harness;

import static java.util.stream.Collectors.toSet;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.keycloak.admin.client.Keycloak;

/** A running Keycloak with the pack in it; in a cluster, one of its nodes. */
public final class KeycloakServer implements AutoCloseable {

    static final String ADMIN = "admin";

    private final ServerRuntime runtime;
    private final Database database;
    private final URI url;
    private final HttpClient http;
    private final List<Realm> realms = new ArrayList<>();
    private Optional<Keycloak> admin = Optional.empty();

    KeycloakServer(ServerRuntime runtime, Database database, URI url) {
        this.runtime = runtime;
        this.database = database;
        this.url = url;
        this.http = HttpClient.newBuilder()
                .sslContext(pki().sslContext(Optional.empty()))
                .build();
    }

    /** The address by which the server calls itself, in tokens and in links: HTTPS, the same on all nodes. */
    public URI url() {
        return url;
    }

    /** The HTTPS address at which this very node answers. */
    public URI address() {
        return runtime.https();
    }

    /** The address without TLS, for what an application server or a proxy behind the scenes would use. */
    public URI httpAddress() {
        return runtime.http();
    }

    /** The certificates that the server and its clients know. */
    public Pki pki() {
        return Pki.CURRENT;
    }

    /** Keycloak's own admin API, as the bootstrap administrator. */
    public Keycloak admin() {
        if (admin.isEmpty())
            admin = Optional.of(Keycloak.getInstance(
                    address().toString(),
                    "master",
                    ADMIN,
                    ADMIN,
                    "admin-cli",
                    null,
                    pki().sslContext(Optional.empty())));
        return admin.get();
    }

    /** What of the pack is reached in a realm without signing in. */
    RestApi publicApi(String realm) {
        return new RestApi(http, URI.create(url() + "/realms/" + realm + "/sallyport"), Optional::empty);
    }

    /** The pack's administration of a realm, as the bootstrap administrator unless {@link RestApi#as} says otherwise. */
    public RestApi adminApi(String realm) {
        return new RestApi(
                http,
                URI.create(address() + "/admin/realms/" + realm + "/sallyport"),
                () -> Optional.of(admin().tokenManager().getAccessTokenString()));
    }

    /** Any interface of the server, as the holder of this token. */
    public RestApi api(String path, String accessToken) {
        return new RestApi(http, URI.create(address() + path), () -> Optional.of(accessToken));
    }

    /** Keycloak's own administration of a realm, for what its client library has no words for. */
    public RestApi keycloakApi(String realm) {
        return new RestApi(
                http,
                URI.create(address() + "/admin/realms/" + realm),
                () -> Optional.of(admin().tokenManager().getAccessTokenString()));
    }

    /** The pack's self-service in a realm, as the holder of this token. */
    public RestApi selfService(String realm, String accessToken) {
        return new RestApi(
                http, URI.create(address() + "/realms/" + realm + "/sallyport"), () -> Optional.of(accessToken));
    }

    /** Makes a realm with a name of its own; it is deleted when the test class ends. */
    public Realm realm(Consumer<RealmBuilder> content) {
        var builder = new RealmBuilder(this);
        content.accept(builder);
        var realm = builder.create();
        realms.add(realm);
        return realm;
    }

    void deleteRealms() {
        for (var realm : realms) realm.admin().remove();
        realms.clear();
    }

    /** The names of the constants of one of the server's own enums, from the very release that runs. */
    public Set<String> constants(String enumName) {
        try (var jars = Files.list(Distribution.of(Settings.CURRENT).unpacked().resolve("lib/lib/main"))) {
            var urls = new ArrayList<URL>();
            for (var jar : jars.toList()) urls.add(jar.toUri().toURL());
            try (var classes = new URLClassLoader(urls.toArray(URL[]::new), null)) {
                return Stream.of(classes.loadClass(enumName).getEnumConstants())
                        .map(constant -> ((Enum<?>) constant).name())
                        .collect(toSet());
            }
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalStateException("The server has no " + enumName, e);
        }
    }

    /** The ids of the providers that the server has of one kind. */
    public Set<String> providers(String spi) {
        var providers = api("/admin/serverinfo", admin().tokenManager().getAccessTokenString())
                .get("")
                .expect(200)
                .json()
                .path("providers")
                .path(spi)
                .path("providers");
        if (providers.isMissingNode()) throw new IllegalStateException("The server has no SPI " + spi);
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(providers.fieldNames(), 0), false)
                .collect(toSet());
    }

    /** Puts a secret into the vault of a server that has one, for a realm that then says {@code ${vault.<name>}}. */
    public void keep(Realm realm, String name, String secret) {
        try {
            Files.writeString(runtime.vault().resolve(realm.name().replace("_", "__") + "_" + name), secret);
        } catch (IOException e) {
            throw new IllegalStateException("The vault takes nothing", e);
        }
    }

    /** A connection to the server's database, which must be PostgreSQL. */
    public Connection jdbc() throws SQLException {
        return database.connect();
    }

    /** The server's database, which must be PostgreSQL, crashes and is started again. */
    public void restartDatabase() {
        restartDatabase(() -> {});
    }

    /** As {@link #restartDatabase()}, and stays down for that long. */
    public void restartDatabase(Runnable meanwhile) {
        database.restart(meanwhile);
    }

    /** All that the server wrote so far. */
    public List<String> log() {
        return runtime.log();
    }

    public void start() {
        runtime.start();
    }

    boolean running() {
        return runtime.running();
    }

    public void stop() {
        runtime.stop();
    }

    /** Ends the server without giving it time to clean up. */
    public void kill() {
        runtime.kill();
    }

    public void restart() {
        stop();
        start();
    }

    @Override
    public void close() {
        admin.ifPresent(Keycloak::close);
        stop();
        database.close();
    }
}
