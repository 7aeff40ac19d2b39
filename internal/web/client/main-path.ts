// The frontend's main path through the API, with nothing but the types of the contract: node main-path.js URL OPERATOR-TOKEN
// Ends with an error at the first answer that is not as it should be.
import createClient, {type Client} from 'openapi-fetch'
import type {components, paths} from './contract.gen.js'

type Content = components['schemas']['PostingContent']
type Problem = components['schemas']['Problem']

declare const process: {argv: string[]}

const [url, operatorToken] = process.argv.slice(2)
if (!url || !operatorToken) throw new Error('usage: main-path.js URL OPERATOR-TOKEN')

const client = (token: string, language = 'en'): Client<paths> =>
  createClient<paths>({baseUrl: url, headers: {Authorization: `Bearer ${token}`, 'Accept-Language': language}})

// good returns the data of an answer, or fails with its problem.
function good<T>(answer: {data?: T; error?: Problem; response: Response}): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.url}: ${answer.response.status} ${JSON.stringify(answer.error)}`)
  }
  return answer.data
}

// problem returns the problem of an answer that must be one.
function problem(answer: {data?: unknown; error?: Problem; response: Response}, status: number): Problem {
  if (answer.error === undefined || answer.response.status !== status) throw new Error(`${answer.response.url}: ${answer.response.status}, want ${status}`)
  return answer.error
}

function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what)
}

// unchanged says with a change which version it was decided on, where the server names versions.
function unchanged(response: Response): {'If-Match': string} {
  return {'If-Match': response.headers.get('etag') ?? ''}
}

const content = (title: string, openings: number): Content => ({
  employment_type: 'skilled_worker',
  occupation: {id: 134833},
  title,
  description: 'Sie pflegen und begleiten unsere Bewohnerinnen und Bewohner in einem festen Wohnbereich.',
  places: [{country: 'DE', postal_code: '90402', town: 'Nürnberg', region: 'DE-BY'}],
  openings,
  start: 'immediately',
  social_insurance: true,
  apply: {ways: ['email']},
  contact: {company: 'Muster Pflege gGmbH', salutation: 'ms', family_name: 'Beispiel', email: 'jobs@muster-pflege.example'},
})

// The operator makes the tenant, its account and a token for it.
const operator = client(operatorToken)
const tenant = good(await operator.POST('/v1/tenants', {body: {name: 'Muster Pflege gGmbH'}}))
const ofTenant = {tenant_id: tenant.id}
const account = good(await operator.POST('/v1/tenants/{tenant_id}/ba-accounts', {params: {path: ofTenant}, body: {name: 'Muster Pflege gGmbH'}}))
good(await operator.POST('/v1/tenants/{tenant_id}/ba-accounts/{account_id}/hiring-organisations', {
  params: {path: {...ofTenant, account_id: account.id}},
  body: {name: 'Muster Pflege gGmbH', town: 'Nürnberg', kundennummer: 'A123A12345'},
}))
const token = good(await operator.POST('/v1/tenants/{tenant_id}/tokens', {
  params: {path: ofTenant},
  body: {name: 'frontend', scopes: ['postings:read', 'postings:write', 'onboarding:read', 'tenants:read']},
}))

if (!('token' in token)) throw new Error('a new token is not shown')

// What is left of the paperwork.
const recruiter = client(token.token)
const road = good(await recruiter.GET('/v1/tenants/{tenant_id}/ba-accounts/{account_id}/onboarding', {params: {path: {...ofTenant, account_id: account.id}}}))
must(!road.active, 'an account without paperwork is active')

// A first try, which is not good enough, is told what is missing.
const judged = good(await recruiter.POST('/v1/tenants/{tenant_id}/postings/validate', {
  params: {path: ofTenant}, body: {publish: true, content: {...content('x'.repeat(80), 1), places: []}},
}))
must(!judged.publishable && judged.findings.some((finding) => finding.pointer.startsWith('/content/title') && finding.fix !== ''), 'a title that is too long is not found')

// Two drafts, listed page by page.
const saved: string[] = []
for (const title of ['Pflegefachkraft (m/w/d)', 'Stationsleitung (m/w/d)']) {
  const made = good(await recruiter.POST('/v1/tenants/{tenant_id}/postings', {params: {path: ofTenant}, body: {publish: false, content: content(title, 1)}}))
  must(made.status.change === 'draft' && made.content.title === title, 'a draft is not one')
  saved.push(made.id)
}
const listed: string[] = []
for (let cursor: string | undefined; ; ) {
  const page = good(await recruiter.GET('/v1/tenants/{tenant_id}/postings', {params: {path: ofTenant, query: {limit: 1, ...(cursor ? {cursor} : {})}}}))
  listed.push(...page.items.map((item) => item.id))
  if (!page.next) break
  cursor = page.next
}
must([...listed].sort().join() === [...saved].sort().join(), `listed ${listed.join()}, saved ${saved.join()}`)

// One of them is opened, changed, published, previewed, and withdrawn.
const first = saved[0]
must(first !== undefined, 'nothing was saved')
const one = {path: {...ofTenant, posting_id: first}}
const opened = await recruiter.GET('/v1/tenants/{tenant_id}/postings/{posting_id}', {params: one})
const before = good(opened)
const published = good(await recruiter.PUT('/v1/tenants/{tenant_id}/postings/{posting_id}', {
  params: {...one, header: unchanged(opened.response)}, body: {publish: true, content: {...before.content, openings: 3}},
}))
must(published.publish && published.status.change === 'waiting' && published.status.next.text !== '', 'a published ad does not wait for its file')
const history = good(await recruiter.GET('/v1/tenants/{tenant_id}/postings/{posting_id}/events', {params: one}))
must(history.items.length > 0, 'nothing has happened')
const again = await recruiter.GET('/v1/tenants/{tenant_id}/postings/{posting_id}', {params: one})
must(good(again).content.openings === 3, 'the change was not saved')
const withdrawn = good(await recruiter.PUT('/v1/tenants/{tenant_id}/postings/{posting_id}/withdrawal', {params: {...one, header: unchanged(again.response)}}))
must(!withdrawn.publish, 'a withdrawn ad is still wanted')

// What goes wrong is said in the reader's language, with a page that explains it.
const refused = problem(await client(token.token, 'de').GET('/v1/tenants/{tenant_id}/tokens', {params: {path: ofTenant}}), 403)
must(refused.title === 'Recht fehlt' && refused.request_id !== '', `not German: ${refused.title}`)
const explained = await fetch(url + refused.type, {headers: {Accept: 'text/html', 'Accept-Language': 'de'}})
must(explained.ok && (await explained.text()).includes('Recht fehlt'), 'the page of a problem does not explain it')
problem(await recruiter.GET('/v1/tenants/{tenant_id}', {params: {path: {tenant_id: account.id}}}), 404)
problem(await client('swk_live_unknown').GET('/v1/tenants'), 401)
