import { deleted, json, text } from './answer.ts';
import { admin, NOT_ALLOWED, param } from './handlers.ts';
import type { Route } from './routes.ts';

export const imageRoutes: readonly Route[] = [
  {
    path: 'boot-sources/',
    calls: {
      GET: admin(({ region }) => json(region.images.sources()), NOT_ALLOWED),
      POST: admin(({ region, form }) => json(region.images.addSource(form), 201), NOT_ALLOWED),
    },
  },
  {
    path: 'boot-sources/{}/',
    calls: {
      GET: admin((call) => json(call.region.images.source(param(call))), NOT_ALLOWED),
      PUT: admin(
        (call) => json(call.region.images.changeSource(param(call), call.form)),
        NOT_ALLOWED,
      ),
    },
  },
  {
    path: 'boot-sources/{}/selections/',
    calls: {
      GET: admin((call) => json(call.region.images.selections(param(call))), NOT_ALLOWED),
      POST: admin((call) => json(call.region.images.select(param(call), call.form)), NOT_ALLOWED),
    },
  },
  {
    path: 'boot-sources/{}/selections/{}/',
    calls: {
      DELETE: admin((call) => {
        call.region.images.removeSelection(param(call), param(call, 1));
        return deleted;
      }, NOT_ALLOWED),
    },
  },
  {
    path: 'boot-resources/',
    calls: {
      GET: ({ region }) => json(region.images.resources()),
      POST: admin(({ region, form }) => json(region.images.upload(form), 201)),
      'GET?is_importing': ({ region }) => json(region.images.importing),
      'POST?import': admin(({ region }) => {
        region.images.startImport();
        return text('Import of boot resources started', 'text/plain; charset=utf-8');
      }),
    },
  },
  {
    path: 'boot-resources/{}/',
    calls: { GET: (call) => json(call.region.images.resource(param(call))) },
  },
];
