package dev.sallyport.demo;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResourceOwnerPasswordCredentialsGrant;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The pack's administration over REST, as an administrator or a device management would use it. */
final class Administration {

    static final String REALM = "demo";

    /** The service account of the demo's "device management". Its secret is public. */
    static final String MANAGEMENT_CLIENT = "demo-device-management";

    static final String MANAGEMENT_SECRET = "demo-only-not-a-secret";

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI server;
    private final Supplier<TokenRequest> login;

    private Administration(URI server, Supplier<TokenRequest> login) {
        this.server = server;
        this.login = login;
    }

    static Administration asAdministrator(URI server, String username, String password) {
        AuthorizationGrant grant = new ResourceOwnerPasswordCredentialsGrant(username, new Secret(password));
        return new Administration(
                server,
                () -> new TokenRequest.Builder(tokens(server, "master"), new ClientID("admin-cli"), grant).build());
    }

    static Administration asDeviceManagement(URI server) {
        var client = new ClientSecretBasic(new ClientID(MANAGEMENT_CLIENT), new Secret(MANAGEMENT_SECRET));
        return new Administration(
                server,
                () -> new TokenRequest.Builder(tokens(server, REALM), client, new ClientCredentialsGrant()).build());
    }

    private static URI tokens(URI server, String realm) {
        return server.resolve("/realms/" + realm + "/protocol/openid-connect/token");
    }

    /**
     * Makes the demo's authority the realm's anchor for devices, and registers the devices that shall be known. Setup is
     * called before, as one would for any realm: it adds what the import lacks.
     */
    void introduce(Certificates certificates) throws IOException, InterruptedException {
        succeed(send("PUT", "/setup", Map.of("bindBrowserFlow", true, "bindDirectGrantFlow", true)));
        Map<String, Object> identification = Map.of(
                "certificate",
                Map.of(
                        "deviceId",
                        "san-uri",
                        "prefix",
                        Device.PREFIX,
                        "trustAnchors",
                        List.of(Files.readString(certificates.deviceAuthority()))));
        succeed(send("PUT", "/device-identification", identification));
        for (var device : Device.values()) {
            if (!device.registered()) continue;
            var registration = new HashMap<String, Object>(
                    Map.of("id", device.id(), "displayName", device.title, "platform", "macos"));
            registration.put("status", device == Device.LOST_LAPTOP ? "blocked" : "active");
            var answer = send("POST", "/devices", registration);
            if (answer.statusCode() == 409) answer = send("PUT", "/devices/" + device.id(), registration);
            succeed(answer);
        }
    }

    /** Reports a device as its management would. */
    void report(Device device, boolean healthy) throws IOException, InterruptedException {
        var posture = new HashMap<String, Object>(Map.of(
                "observedAt",
                Instant.now().toString(),
                "managed",
                true,
                "compliant",
                healthy,
                "osVersion",
                "15.2",
                "diskEncrypted",
                healthy,
                "firewall",
                true,
                "screenLock",
                true));
        if (!healthy) {
            var advice = "Turn on FileVault in System Settings, Privacy & Security.";
            posture.put("failing", List.of(Map.of("check", "Disk encrypted", "remediation", advice)));
        }
        succeed(send("PUT", "/devices/" + device.id() + "/posture", posture));
    }

    /** What would be decided, as JSON. */
    String whatIf(String user, String client, String device) throws IOException, InterruptedException {
        var question = new HashMap<String, Object>(Map.of("user", user, "client", client));
        if (!device.isEmpty()) question.put("device", device);
        return succeed(send("POST", "/access-policies/evaluate", question));
    }

    private HttpResponse<String> send(String method, String path, Map<String, Object> body)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(server.resolve("/admin/realms/" + REALM + "/sallyport" + path))
                .header("Authorization", "Bearer " + token())
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(JSONObjectUtils.toJSONString(body)))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private String token() throws IOException {
        try {
            var answer = TokenResponse.parse(login.get().toHTTPRequest().send());
            if (!answer.indicatesSuccess()) {
                throw new IOException(
                        "no token: " + answer.toErrorResponse().getErrorObject().toJSONObject());
            }
            return answer.toSuccessResponse().getTokens().getAccessToken().getValue();
        } catch (ParseException e) {
            throw new IOException("the token endpoint's answer cannot be read", e);
        }
    }

    private static String succeed(HttpResponse<String> answer) throws IOException {
        if (answer.statusCode() / 100 == 2) return answer.body();
        var asked = answer.request().method() + " " + answer.uri().getPath();
        throw new IOException(asked + " answered " + answer.statusCode() + " " + answer.body());
    }
}
