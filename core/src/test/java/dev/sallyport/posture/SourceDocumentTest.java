package dev.sallyport.posture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Json;
import dev.sallyport.posture.SourceDocument.Credential;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceDocumentTest {

    private static final List<Credential> KNOWN = List.of(
            Credential.open("clientId"),
            Credential.secret("clientSecret"),
            Credential.secret(SourceDocument.WEBHOOK_SECRET).optional());

    private static SourceDocument with(String fields) {
        return SourceDocument.read(
                Json.of("{'name':'mine','type':'jamf','url':'https://mdm.example.com'," + fields + "}"));
    }

    private static SourceDocument credentials(String fields) {
        return with("'credentials':{" + fields + "}");
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        var document = with("'credentials':{}");

        assertThat(document.timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(document.cache()).isEqualTo(Duration.ofMinutes(5));
        assertThat(document.enabled()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'timeout':'PT0.09S'                                | timeout
            'timeout':'PT10.1S'                                | timeout
            'timeout':'PT-1S'                                  | timeout
            'cache':'PT-1S'                                    | cache
            'cache':'PT24H1S'                                  | cache
            'credentials':{'clientSecret':'${vault.master}'}   | credentials.clientSecret
            'credentials':{'clientSecret':'${vault.sallyport-a}${vault.b}'} | credentials.clientSecret
            'credentials':{'clientSecret':null}                | credentials.clientSecret
            'secret':'x'                                       | secret
            """)
    void faultNamesItsField(String fields, String path) {
        assertThatThrownBy(() -> with(fields))
                .isInstanceOfSatisfying(DocumentFault.class, fault -> assertThat(fault.getMessage())
                        .startsWith(path + ": "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'name':'registry','type':'jamf','url':'https://a.example.com'} | name
            {'name':'Registry','type':'jamf','url':'https://a.example.com'} | name
            {'name':'mine','url':'https://a.example.com'}                   | type
            {'name':'mine','type':'jamf'}                                   | url
            {'name':'mine','type':'jamf','url':'https://u@a.example.com'}   | url
            {'name':'mine','type':'jamf','url':'https://2130706433'}        | url
            """)
    void placeAndNameAreChecked(String json, String path) {
        assertThatThrownBy(() -> SourceDocument.read(Json.of(json)))
                .isInstanceOfSatisfying(DocumentFault.class, fault -> assertThat(fault.getMessage())
                        .startsWith(path + ": "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'clientId':'c'                                              | credentials.clientSecret
            'clientId':' ','clientSecret':'s'                           | credentials.clientId
            'clientId':'c','clientSecret':'s','token':'t'               | credentials.token
            'clientId':'c','clientSecret':'a\\nb'                       | credentials.clientSecret
            'clientId':'c','clientSecret':'s','webhookSecret':'short'   | credentials.webhookSecret
            """)
    void credentialsAreThoseOfTheKindOfSource(String credentials, String path) {
        assertThatThrownBy(() -> credentials(credentials).check(KNOWN))
                .isInstanceOfSatisfying(DocumentFault.class, fault -> assertThat(fault.getMessage())
                        .startsWith(path + ": "));
    }

    @Test
    void secretsAreMaskedAndReferencesIntoTheVaultAreNot() {
        var plain = credentials("'clientId':'c','clientSecret':'s'").masked(KNOWN);
        var kept = credentials("'clientId':'c','clientSecret':'${vault.sallyport-jamf}'")
                .masked(KNOWN);

        assertThat(plain.credentials())
                .containsEntry("clientSecret", SourceDocument.MASK)
                .containsEntry("clientId", "c");
        assertThat(kept.credentials()).containsEntry("clientSecret", "${vault.sallyport-jamf}");
    }
}
