package dev.sallyport.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.token.BearerTokenError;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The API that wants elevated access. */
class LedgerDatabaseTest {

    private static final ExecutorService keysAndDatabase = Executors.newCachedThreadPool();

    private static HttpServer http;
    private static URI realm;
    private static RSAKey key;

    @BeforeAll
    static void serve() throws Exception {
        key = new RSAKeyGenerator(2048).keyID("k").generate();
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        realm = URI.create("http://localhost:" + http.getAddress().getPort() + "/realms/demo");
        http.createContext("/realms/demo/protocol/openid-connect/certs", exchange -> {
            var keys = new JWKSet(key.toPublicJWK()).toString().getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
            exchange.close();
        });
        http.createContext(LedgerDatabase.PATH, new LedgerDatabase(List.of(realm))::serve);
        http.setExecutor(keysAndDatabase);
        http.start();
    }

    @AfterAll
    static void stop() {
        http.stop(0);
        keysAndDatabase.shutdown();
    }

    @Test
    void tokenWithTheRoleIsServed() throws Exception {
        assertThat(call(token(key, realm.toString(), List.of("db-admin"), 60)).statusCode())
                .isEqualTo(200);
    }

    @Test
    void tokenWithoutTheRoleIsToldWhatToAskFor() throws Exception {
        var answer = call(token(key, realm.toString(), List.of(), 60));

        assertThat(answer.statusCode()).isEqualTo(401);
        var challenge = BearerTokenError.parse(
                answer.headers().firstValue("WWW-Authenticate").orElseThrow());
        assertThat(challenge.getCode()).isEqualTo("insufficient_user_authentication");
        assertThat(challenge.getScope()).isEqualTo(new Scope("openid", "elevate:demo-db-admin"));
        var address = SignIn.begin(realm, URI.create("http://localhost/callback"), challenge.getScope())
                .address();
        assertThat(address.getRawQuery()).contains("scope=openid+elevate%3Ademo-db-admin");
    }

    @Test
    void tokenThatIsNotTheRealmsIsRefused() throws Exception {
        var other = new RSAKeyGenerator(2048).keyID("k").generate();

        assertThat(error(call(token(other, realm.toString(), List.of("db-admin"), 60))))
                .isEqualTo("invalid_token");
        assertThat(error(call(token(key, "http://localhost/realms/other", List.of("db-admin"), 60))))
                .isEqualTo("invalid_token");
        assertThat(error(call(token(key, realm.toString(), List.of("db-admin"), -3600))))
                .isEqualTo("invalid_token");
        assertThat(error(call("nonsense"))).isEqualTo("invalid_token");
    }

    private static String error(HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).isEqualTo(401);
        return BearerTokenError.parse(
                        answer.headers().firstValue("WWW-Authenticate").orElseThrow())
                .getCode();
    }

    private static HttpResponse<String> call(String token) throws Exception {
        var request = HttpRequest.newBuilder(realm.resolve(LedgerDatabase.PATH))
                .header("Authorization", "Bearer " + token)
                .POST(BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    private static String token(RSAKey signer, String issuer, List<String> roles, int seconds) throws Exception {
        var claims = new JWTClaimsSet.Builder()
                .issuer(issuer)
                .subject("ann")
                .claim("preferred_username", "ann")
                .claim("resource_access", Map.of("demo-app", Map.of("roles", roles)))
                .expirationTime(Date.from(Instant.now().plusSeconds(seconds)))
                .build();
        var token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID(signer.getKeyID())
                        .build(),
                claims);
        token.sign(new RSASSASigner(signer));
        return token.serialize();
    }
}
