package dev.sallyport.privilege.realm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerReleaseTest {

    @ParameterizedTest
    @CsvSource({
        "26.7.0, false",
        "26.7.1, true",
        "26.7.3, true",
        "26.6.9, false",
        "26.8.0, true",
        "27.0.0, true",
        "26.7.1.redhat-00001, true",
        "26.7, false",
        "999.0.0-SNAPSHOT, true",
        "nightly, false"
    })
    void onlyReleasesThatLookAtMappingsAreReliedOn(String version, boolean judges) {
        assertThat(ServerRelease.judgesMappings(version)).isEqualTo(judges);
    }
}
