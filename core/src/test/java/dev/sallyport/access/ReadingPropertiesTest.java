package dev.sallyport.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.device.DeviceIdentification;
import dev.sallyport.device.Posture;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import dev.sallyport.network.Address;
import dev.sallyport.network.Cidr;
import dev.sallyport.network.Network;
import dev.sallyport.privilege.Privilege;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/** Whatever arrives as a document is a value or a fault with its path, and a value survives being written. */
class ReadingPropertiesTest {

    private static final String POLICY = Json.of("""
            {"name":"policy","state":"enforced","tags":["day"],
             "assignments":{"users":{"include":{"users":["ann"],"groups":["/finance"],"roles":["audit"]},
                                     "exclude":{"users":["breakglass"]}},
                            "clients":{"include":["ledger"],"exclude":["mail"]}},
             "conditions":{"networks":{"include":["office"],"exclude":["home"]},"platforms":["macos"],"risk":"medium",
                           "schedule":{"days":["MON"],"from":"07:00","to":"20:00","zone":"Europe/Berlin"}},
             "controls":{"reevaluate":"PT5M","block":false,"operator":"or","acr":"2","freshAuthentication":"PT15M",
                         "device":{"proven":true,"compliant":true,"jailbroken":false,"maxCriticalVulnerabilities":0,
                                   "minOsVersion":{"macos":"14.4"},"maxPostureAge":"PT24H","onOutage":"deny"}}}""");

    private static final String POSTURE = Json.of("""
            {"observedAt":"2026-11-23T08:00:00Z","source":"registry","managed":true,"osVersion":"14.5.1",
             "criticalVulnerabilities":0,"failing":[{"check":"FileVault","remediation":"Turn it on"}],
             "attributes":{"patchRing":"beta","numbers":[1,2.5,12345678901234567890,null,{"a":true}]}}""");

    private static final String IDENTIFICATION = Json.of("""
            {"certificate":{"deviceId":"san-uri","prefix":"urn:device:","trustAnchors":[]}}""");

    private static final String PRIVILEGE = Json.of("""
            {"name":"ledger-db-admin","displayName":"Ledger","mode":"token",
             "grants":{"clientRoles":{"ledger":["db-admin"]},"realmRoles":["dba"]},
             "eligible":{"groups":["/dba"],"expression":"true","until":"2027-06-30T00:00:00Z"},
             "incompatibleWith":["ledger-auditor"],
             "activation":{"maxDuration":"PT4H","defaultDuration":"PT1H","justification":"^.{10,}$","tokenLifespan":"PT5M",
                           "acr":"2","freshAuthentication":"PT5M","device":{"compliant":true},"boundTo":"session"},
             "approval":{"count":2,"approvers":{"groups":["/dba-leads"]},"atLeast":{"/security":1},"requestTtl":"PT4H",
                         "approverAcr":"2","delegates":{"groups":["/dba"]}},
             "emergency":{"eligible":{"groups":["/oncall"]},"maxDuration":"PT30M","perDay":3,
                          "officers":{"groups":["/security"]}},
             "endSessions":false}""");

    private static final String NETWORK = Json.of("""
            {"name":"office","cidrs":["10.0.0.0/8","2001:db8::/32"],"countries":["DE"],"asns":[64496]}""");

    private static <T> void valueOrFault(String json, Class<T> type) {
        try {
            var read = Documents.read(json, type);
            saw("value");
            assertThat(Documents.read(Documents.write(read), type)).isEqualTo(read);
        } catch (DocumentFault fault) {
            saw("fault");
            assertThat(fault.reason()).isNotBlank();
        }
    }

    private static void saw(String what) {
        Statistics.label("outcome").collect(what).coverage(seen -> {
            seen.check("value").percentage(share -> share >= 2.0);
            seen.check("fault").percentage(share -> share >= 4.0);
        });
    }

    @Property(tries = 1_500, edgeCases = EdgeCasesMode.NONE)
    @StatisticsReport(onFailureOnly = true)
    void aDamagedPolicyIsAValueOrAFault(@ForAll("policies") String json) {
        valueOrFault(json, AccessPolicy.class);

        assertThat(AccessPolicy.readAnyway("policy", json).name()).isEqualTo("policy");
    }

    @Property(tries = 1_500, edgeCases = EdgeCasesMode.NONE)
    @StatisticsReport(onFailureOnly = true)
    void aDamagedPostureIsAValueOrAFault(@ForAll("postures") String json) {
        valueOrFault(json, Posture.class);
    }

    @Property(tries = 700, edgeCases = EdgeCasesMode.NONE)
    @StatisticsReport(onFailureOnly = true)
    void aDamagedIdentificationIsAValueOrAFault(@ForAll("identifications") String json) {
        valueOrFault(json, DeviceIdentification.class);
    }

    @Property(tries = 1_500, edgeCases = EdgeCasesMode.NONE)
    @StatisticsReport(onFailureOnly = true)
    void aDamagedNetworkIsAValueOrAFault(@ForAll("networks") String json) {
        valueOrFault(json, Network.class);
    }

    @Property(tries = 1_500, edgeCases = EdgeCasesMode.NONE)
    @StatisticsReport(onFailureOnly = true)
    void aDamagedPrivilegeIsAValueOrAFault(@ForAll("privileges") String json) {
        valueOrFault(json, Privilege.class);
    }

    @Property(tries = 3_000, edgeCases = EdgeCasesMode.NONE)
    void aDamagedAddressIsAnAddressOrNone(@ForAll("addresses") String text) {
        assertThat(Address.of(text).map(Address::toString).flatMap(Address::of)).isEqualTo(Address.of(text));
        try {
            var range = Cidr.of(text);
            assertThat(Cidr.around(text)).contains(range);
        } catch (DocumentFault fault) {
            assertThat(fault.reason()).isNotBlank();
        }
    }

    @Provide
    Arbitrary<String> privileges() {
        return damaged(PRIVILEGE);
    }

    @Provide
    Arbitrary<String> networks() {
        return damaged(NETWORK);
    }

    @Provide
    Arbitrary<String> addresses() {
        var parts = Arbitraries.of(
                "10",
                "0",
                "255",
                "256",
                "01",
                ".",
                ":",
                "::",
                "/",
                "/8",
                "/128",
                "ffff",
                "db8",
                "%",
                "*",
                "-",
                "[",
                "]",
                "0x1",
                " ",
                "\u0660",
                "a",
                "localhost");
        var whole = Arbitraries.of(
                "10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "::ffff:10.0.0.1", "::1", "fe80::1%eth0", "0.0.0.0/0");
        return Arbitraries.oneOf(
                parts.list().ofMaxSize(9).map(list -> String.join("", list)),
                whole.flatMap(ReadingPropertiesTest::otherCharacters));
    }

    @Provide
    Arbitrary<String> policies() {
        return damaged(POLICY);
    }

    @Provide
    Arbitrary<String> postures() {
        return damaged(POSTURE);
    }

    @Provide
    Arbitrary<String> identifications() {
        return damaged(IDENTIFICATION);
    }

    private static Arbitrary<String> damaged(String json) {
        return Arbitraries.oneOf(otherCharacters(json), otherValues(json));
    }

    /** A stretch of the text is replaced by another, often one of its own. */
    private static Arbitrary<String> otherCharacters(String json) {
        var places = Arbitraries.integers().between(0, json.length());
        var own = Combinators.combine(places, Arbitraries.integers().between(0, 12))
                .as((from, length) -> json.substring(from, Math.min(json.length(), from + length)));
        var insertions = Arbitraries.oneOf(
                own,
                Arbitraries.strings().ofMaxLength(3),
                Arbitraries.of("\\u0000", "\\ud800", "null", "\"\"", "{", "[", "-1", "1e400"));
        return Combinators.combine(places, Arbitraries.integers().between(0, 8), insertions)
                .as((from, length, text) ->
                        json.substring(0, from) + text + json.substring(Math.min(json.length(), from + length)));
    }

    /** One or two values anywhere in the document are replaced by others. */
    private static Arbitrary<String> otherValues(String json) {
        var values = Arbitraries.of(
                        "null",
                        "''",
                        "' '",
                        "0",
                        "-1",
                        "1.5",
                        "1e400",
                        "99999999999999999999",
                        "true",
                        "false",
                        "[]",
                        "[null]",
                        "['']",
                        "{}",
                        "{'a':null}",
                        "'enforced'",
                        "'disabled'",
                        "'PT1H'",
                        "'PT0S'",
                        "'14'",
                        "'/a'",
                        "'2026-11-23T08:00:00.000000001+01:00'",
                        "'+999999-01-01T00:00:00Z'",
                        "['/a']")
                .map(Json::of)
                .map(Documents::tree);
        return Combinators.combine(Arbitraries.integers().between(0, 1_000), values)
                .as(Change::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(2)
                .map(changes -> {
                    var tree = Documents.tree(json);
                    for (var change : changes) change.to(tree);
                    return tree.toString();
                });
    }

    private record Change(int place, JsonNode value) {

        void to(JsonNode tree) {
            var places = new ArrayList<Consumer<JsonNode>>();
            collect(tree, places);
            if (!places.isEmpty()) places.get(place % places.size()).accept(value);
        }

        private static void collect(JsonNode node, List<Consumer<JsonNode>> places) {
            if (node instanceof ObjectNode object) {
                for (var field : object.properties()) {
                    places.add(value -> object.set(field.getKey(), value));
                    collect(field.getValue(), places);
                }
            } else if (node instanceof ArrayNode array) {
                for (int i = 0; i < array.size(); i++) {
                    int index = i;
                    places.add(value -> array.set(index, value));
                    collect(array.get(i), places);
                }
            }
        }
    }
}
