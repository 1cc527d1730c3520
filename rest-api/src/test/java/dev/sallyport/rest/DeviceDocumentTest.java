package dev.sallyport.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.device.Device;
import dev.sallyport.device.Platform;
import dev.sallyport.document.DocumentFault;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceDocumentTest {

    @Test
    void aDeviceIsActiveUnlessItIsSaidToBeBlocked() {
        assertThat(device("{\"id\":\"C02A\"}").status()).isEqualTo(Device.Status.ACTIVE);
        assertThat(device("{\"id\":\"C02A\",\"status\":\"blocked\"}").status()).isEqualTo(Device.Status.BLOCKED);
    }

    @Test
    void anOwnerIsWrittenByNameAndKeptById() {
        var device = device("{\"id\":\"C02A\",\"owner\":\"ann\",\"platform\":\"macos\"}");

        assertThat(device.ownerId()).contains("id-of-ann");
        assertThat(device.platform()).contains(Platform.MACOS);
    }

    @Test
    void anOwnerWhoIsGoneIsShownByIdSoThatTheDeviceDoesNotSeemToServeEverybody() {
        var device = device("{\"id\":\"C02A\",\"owner\":\"ann\"}");

        assertThat(DeviceDocument.of(device, id -> Optional.empty()).owner()).contains("id-of-ann");
        assertThat(DeviceDocument.of(device, id -> Optional.of("ann")).owner()).contains("ann");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{}; id",
                "{\"id\":\" \"}; id",
                "{\"id\":\".\"}; id",
                "{\"id\":\"..\"}; id",
                "{\"id\":1}; id",
                "{\"id\":\"a\",\"owner\":\"nobody\"}; owner",
                "{\"id\":\"a\",\"platform\":\"amiga\"}; platform",
                "{\"id\":\"a\",\"status\":\"lost\"}; status",
                "{\"id\":\"a\",\"colour\":\"red\"}; colour",
                "{\"id\":\"a\",\"posture\":{\"observedAt\":\"2026-11-23T08:00:00Z\"}}; posture"
            })
    void aFaultIsNamedByItsField(String json, String field) {
        assertThatThrownBy(() -> device(json))
                .isInstanceOfSatisfying(
                        DocumentFault.class, fault -> assertThat(fault.path()).isEqualTo(field));
    }

    @ParameterizedTest
    @CsvSource({"id", "displayName", "owner", "serial"})
    void aTextLongerThanItsColumnIsRefused(String field) {
        var json = "{\"id\":\"a\",\"%s\":\"%s\"}".formatted(field, "x".repeat(256));

        assertThatThrownBy(() -> device(json.replace("\"id\":\"a\",\"id\"", "\"id\"")))
                .isInstanceOfSatisfying(
                        DocumentFault.class, fault -> assertThat(fault.path()).isEqualTo(field));
    }

    private static Device device(String json) {
        return DeviceDocument.read(json)
                .device(name -> name.equals("ann") ? Optional.of("id-of-ann") : Optional.empty());
    }
}
