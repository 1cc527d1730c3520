<#-- The page on which a user begins to use what was granted to them. Nothing begins before the button is pressed. -->
<#import "template.ftl" as layout>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg("sallyport.granted.title", elevation.displayName())}
  <#elseif section = "form">
    <div id="sallyport-granted" class="${properties.kcFormClass!}">
      <#if elevation.fault()?has_content><p id="sallyport-fault" role="alert">${elevation.fault()}</p></#if>
      <section aria-labelledby="sallyport-grants-title">
        <h2 id="sallyport-grants-title" class="${properties.kcFormLabelTextClass!}">${msg("sallyport.elevation.grants")}</h2>
        <ul id="sallyport-grants" class="${properties.kcListClass!}">
          <#list elevation.grants() as grant><li>${grant}</li></#list>
        </ul>
      </section>
      <p id="sallyport-granted-until">${elevation.until()}</p>
      <#if elevation.checks()?has_content>
        <section aria-labelledby="sallyport-checks-title">
          <h2 id="sallyport-checks-title" class="${properties.kcFormLabelTextClass!}">${msg("sallyport.elevation.checks")}</h2>
          <ul id="sallyport-checks" class="${properties.kcListClass!}">
            <#list elevation.checks() as check>
              <li>
                <h3>${check.title()}</h3>
                <p>${check.finding()}</p>
                <p><strong>${msg("sallyport.denied.remedy")}</strong> ${check.remedy()}</p>
              </li>
            </#list>
          </ul>
        </section>
      </#if>
      <form id="sallyport-use" action="${url.loginAction}" method="post">
        <div class="${properties.kcFormActionGroupClass!}">
          <#if elevation.stronger()>
            <button type="submit" id="sallyport-again" name="choice" value="again" class="${properties.kcButtonClass!} ${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.elevation.again")}</button>
          <#elseif !elevation.fault()?has_content>
            <button type="submit" id="sallyport-activate" name="choice" value="activate" class="${properties.kcButtonClass!} ${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.granted.activate")}</button>
          </#if>
          <button type="submit" id="sallyport-without" name="choice" value="without" class="${properties.kcButtonClass!} ${properties.kcButtonDefaultClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.elevation.without")}</button>
          <button type="submit" id="sallyport-cancel" name="choice" value="cancel" class="${properties.kcButtonClass!} ${properties.kcButtonDefaultClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.waiting.cancel")}</button>
        </div>
      </form>
    </div>
  </#if>
</@layout.registrationLayout>
