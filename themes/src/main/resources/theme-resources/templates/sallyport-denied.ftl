<#-- The page that stops a login. No script; everything that comes from outside is escaped by FreeMarker's auto-escaping. -->
<#import "template.ftl" as layout>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg("sallyport.denied.title")}
  <#elseif section = "form">
    <div id="sallyport-denied" class="${properties.kcFormClass!}">
      <p role="alert">${msg("sallyport.denied.intro")}</p>
      <section aria-labelledby="sallyport-device-title">
        <h2 id="sallyport-device-title" class="${properties.kcFormLabelTextClass!}">${msg("sallyport.denied.device")}</h2>
        <p id="sallyport-device">${sallyport.device()}</p>
      </section>
      <#if sallyport.checks()?has_content>
        <section aria-labelledby="sallyport-checks-title">
          <h2 id="sallyport-checks-title" class="${properties.kcFormLabelTextClass!}">${msg("sallyport.denied.checks")}</h2>
          <ul id="sallyport-checks" class="${properties.kcListClass!}">
            <#list sallyport.checks() as check>
              <li>
                <h3>${check.title()}</h3>
                <p>${check.finding()}</p>
                <p><strong>${msg("sallyport.denied.remedy")}</strong> ${check.remedy()}</p>
              </li>
            </#list>
          </ul>
        </section>
      </#if>
      <form id="sallyport-retry" action="${url.loginAction}" method="post">
        <div class="${properties.kcFormActionGroupClass!}">
          <button type="submit" class="${properties.kcButtonClass!} ${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.denied.retry")}</button>
          <a id="sallyport-return" class="${properties.kcButtonClass!} ${properties.kcButtonLinkClass!} ${properties.kcButtonBlockClass!}" href="${url.loginAction}&amp;${sallyportReturn}">${msg("sallyport.denied.return")}</a>
        </div>
      </form>
    </div>
  </#if>
</@layout.registrationLayout>
