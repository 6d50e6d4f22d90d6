export const maas = {
  'error.maas-address-unfit':
    'The address of {{maas}} is not one. Write a name, an IP address, or an address such as http://10.0.0.2:5240/MAAS/.',
  'error.maas-admin-needed':
    '{{maas}} lets only an administrator do this ({{what}}). Use the API key of an administrator.',
  'error.maas-answer-cut':
    'The answer of {{maas}} stopped in the middle. Check the network, then try again.',
  'error.maas-answer-too-large':
    '{{maas}} sent more than {{limit, bytes}} in one answer. It was stopped.',
  'error.maas-answer-unexpected': '{{maas}} answered something else than expected ({{expected}}).',
  'error.maas-architecture-missing':
    '{{maas}} has no images for the architecture {{value}}, only for {{choices}}. Select images for it and import them, or choose another architecture.',
  'error.maas-busy': '{{maas}} cannot do this just now: {{said}} Wait a minute, then try again.',
  'error.maas-call-unknown':
    'This version of MAAS on {{maas}} does not know the call {{what}}. It is older or newer than Labwright expects.',
  'error.maas-certificate-changed':
    'The certificate of {{maas}} has changed. Nothing was sent. Trusted: {{pinned}}. Shown now: {{offered}}. Compare them before you go on.',
  'error.maas-certificate-unknown':
    '{{maas}} is not known yet. Compare its certificate ({{fingerprint}}, for {{subject}}, valid until {{validTo}}) and trust it.',
  'error.maas-clock-skew':
    'The clock of this computer is {{seconds}} seconds behind that of {{maas}}, which accepts 300. Set the clocks by NTP, then try again.',
  'error.maas-closed':
    'The connection to {{maas}} ended. What was asked for may have been done; look before you try again.',
  'error.maas-conflict':
    '{{maas}} could not do this because something else changed the same at that moment, or it is there already. Look, then try again.',
  'error.maas-dhcp-no-rack':
    '{{maas}} turns DHCP on only together with a rack controller that serves it. Choose one.',
  'error.maas-dhcp-no-range':
    '{{maas}} turns DHCP on only where a network has a dynamic range. Add the range first.',
  'error.maas-down':
    'The web server of {{maas}} answers, but MAAS behind it does not (HTTP status {{status}}). It may be starting: wait a minute. Otherwise look at its services.',
  'error.maas-failed':
    '{{maas}} failed inside (HTTP status {{status}}): {{said}} Its log says more (regiond.log).',
  'error.maas-field-missing':
    '{{maas}} needs more than it was told ({{said}}). Complete the values in the plan.',
  'error.maas-gateway-outside':
    'The gateway does not lie in its network on {{maas}}. Correct the gateway or the network in the plan.',
  'error.maas-key-malformed':
    'The API key for {{maas}} is not one. It has three parts with colons between them; copy it again, whole (maas apikey --username NAME).',
  'error.maas-key-not-seen':
    '{{maas}} saw no API key, although one was sent. A proxy in between may remove the Authorization header.',
  'error.maas-key-refused':
    '{{maas}} refused the API key. It was revoked, belongs to another MAAS, or was copied badly. Make a new one (maas apikey --username NAME) and enter it.',
  'error.maas-login-refused':
    '{{maas}} refused the login of {{user}}. Check the user name and the password.',
  'error.maas-mac-taken':
    '{{maas}} knows the MAC address {{mac}} already, of the machine {{machine}}. Use that machine, or remove it from MAAS if it is an old one.',
  'error.maas-mac-unfit': '{{maas}} takes {{mac}} for no MAC address. Correct it in the plan.',
  'error.maas-machine-in-use':
    '{{machine}} on {{maas}} is in use ({{state}}). Nothing was deleted. Release it first.',
  'error.maas-moved':
    'The address of {{maas}} sends on to {{to}}. Nothing was sent there. Write that address into the plan if it is right.',
  'error.maas-name-taken':
    'This exists on {{maas}} already ({{said}}). Choose another, or use what is there.',
  'error.maas-no-addresses':
    'A network of {{maas}} has no free address left: {{said}} Make its dynamic or reserved ranges smaller, or the network larger.',
  'error.maas-no-commissioning-image':
    '{{maas}} commissions with {{os}} {{series}}, of which it has no image. Select and import that release, or choose one that is there for commissioning.',
  'error.maas-no-images':
    '{{maas}} has no boot images yet, and without them it takes no machine. Import images first.',
  'error.maas-no-network-link':
    'No interface of the machine on {{maas}} is linked to a network, so it cannot be deployed. Commission it again where DHCP of MAAS reaches it, or link an interface to a subnet.',
  'error.maas-none-available':
    '{{maas}} has no machine to give: {{said}} It must be ready and nobody may have it.',
  'error.maas-not-in-version':
    'The version of MAAS on {{maas}} does not have this (API: {{what}}). Nothing was sent.',
  'error.maas-not-maas':
    'What answers at the address of {{maas}} is not MAAS. Check the address and the port (5240, or 80 for old versions).',
  'error.maas-not-ours':
    '{{machine}} on {{maas}} has none of the MAC addresses of this plan. Nothing was changed.',
  'error.maas-object-missing':
    '{{maas}} does not have this any more, or never had: {{kind}} ({{what}}). Look at MAAS again.',
  'error.maas-power-busy':
    '{{maas}} is still busy with the power of this machine. Wait a minute, then try again.',
  'error.maas-power-incomplete':
    '{{maas}} needs more to control the power of this machine, and does not say what. Compare the power settings in the plan with those that its power type needs.',
  'error.maas-rack-away':
    'No rack controller of {{maas}} can do this: {{said}} Check that the rack controller runs and is connected.',
  'error.maas-rack-slow':
    '{{maas}} got no answer from the power controller in time. Check the address of the BMC and the way from the rack controller to it.',
  'error.maas-range-outside':
    'The address range lies in no network of {{maas}}. Correct the range in the plan, or add the network.',
  'error.maas-range-overlap':
    'The address range overlaps another one, or an address in use, on {{maas}}. Look at the ranges of the network and choose another.',
  'error.maas-range-reversed':
    'The address range ends before it begins. Exchange its start and end in the plan.',
  'error.maas-refused':
    '{{address}} port {{port}} refused the connection. Does MAAS run there? Its port is 5240, or 80 for old versions.',
  'error.maas-request-refused': '{{maas}} did not accept the request ({{what}}): {{said}}',
  'error.maas-selection-not-offered':
    'The image source of {{maas}} does not offer {{os}} {{series}}. Check the address of the source and what is in it. Right after a source was added, MAAS may not have read it yet.',
  'error.maas-series-missing':
    '{{maas}} has no image of {{series}}; it has {{choices}}. Select that release and import it, or choose another.',
  'error.maas-setting-unknown':
    'This version of MAAS on {{maas}} has no setting {{setting}}. It is left alone.',
  'error.maas-silent': '{{maas}} did not answer in time. The connection was closed.',
  'error.maas-ssh-key-there': '{{maas}} has this SSH key for the user already.',
  'error.maas-ssh-key-unfit':
    '{{maas}} takes this for no public SSH key. Copy the line of the .pub file again, whole.',
  'error.maas-tls-refused':
    '{{maas}} and Labwright have no TLS version or cipher in common, or the port speaks no TLS. Check the address: https or http.',
  'error.maas-unreachable':
    '{{address}} port {{port}} cannot be reached. Check the address, the cable and the firewall.',
  'error.maas-unresolved':
    'The name {{address}} cannot be resolved. Check its spelling or use an IP address.',
  'error.maas-value-refused':
    '{{maas}} did not accept a value ({{field}}): {{said}} Correct it in the plan.',
  'error.maas-wrong-state':
    'The state of the machine on {{maas}} does not allow this: {{said}} Wait until it has changed, or abort what runs.',
} as const;
