package dev.sallyport.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.access.Door;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.risk.Risk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WhatIfTest {

    @Test
    void aQuestionCarriesEveryFactThatADoorWouldGather() {
        var question = read("""
                {"user":"ann","client":"ledger","device":"C02A","posture":{"observedAt":"2026-11-23T08:00:00Z"},
                 "ip":"10.0.0.1","time":"2026-11-23T08:00:00Z","acr":"2","authenticatedAt":"2026-11-23T07:00:00Z",
                 "risk":"medium","door":"refresh"}""");

        assertThat(question.door()).contains(Door.REFRESH);
        assertThat(question.risk()).contains(Risk.Level.MEDIUM);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"client\":\"c\"}; user",
                "{\"user\":\"u\"}; client",
                "{\"user\":\"u\",\"client\":\"c\",\"posture\":{\"observedAt\":\"2026-11-23T08:00:00Z\"}}; posture",
                "{\"user\":\"u\",\"client\":\"c\",\"ip\":\"office\"}; ip",
                "{\"user\":\"u\",\"client\":\"c\",\"risk\":\"some\"}; risk",
                "{\"user\":\"u\",\"client\":\"c\",\"door\":\"window\"}; door",
                "{\"user\":\"u\",\"client\":\"c\",\"groups\":[]}; groups"
            })
    void aFaultIsNamedByItsField(String json, String field) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOfSatisfying(
                        DocumentFault.class, fault -> assertThat(fault.path()).isEqualTo(field));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "255.255.255.255", "::1", "2001:db8::1", "::ffff:10.0.0.1"})
    void anAddressIsALiteral(String text) {
        assertThat(AddressLiteral.valid(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "10.0.0", "10.0.0.256", "10.0.0.01", "localhost", "a:b", "1::2::3", "fe80::1%eth0", "[::1]"})
    void aNameIsNoAddressAndIsNeverLookedUp(String text) {
        assertThat(AddressLiteral.valid(text)).isFalse();
    }

    private static WhatIf.Question read(String json) {
        return Documents.read(json, WhatIf.Question.class);
    }
}
