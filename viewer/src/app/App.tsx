import { Center, Loader, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, type ComponentType, type JSX } from "react";
import { Redirect, Route, Switch, useRoute } from "wouter";
import { useAheadBudget } from "@/ahead/preference";
import { useAhead } from "@/ahead/useAhead";
import { queryClient } from "@/api/query";
import { useScreenReport } from "@/display/useScreenReport";
import { warmDecoder } from "@/images/decode/pool";
import { useShelf } from "@/kept/useShelf";
import { LineBanner } from "@/outage/LineBanner";
import { useLine } from "@/outage/useLine";
import { usePacks } from "@/packs/usePacks";
import { useMay, useMayInCentre, useSession } from "@/session/api";
import { firstPlace } from "@/session/nextPlace";
import { SessionGate } from "@/session/SessionGate";
import { ErrorBoundary } from "@/ui/ErrorBoundary";
import classes from "./App.module.css";
import { colorSchemeOf, theme } from "./theme";

const SignInPage = lazy(() => import("@/session/SignInPage"));
const EnrolPage = lazy(() => import("@/session/EnrolPage"));
const SettingsPage = lazy(() => import("@/session/SettingsPage"));
const WorklistPage = lazy(() => import("@/worklist/WorklistPage"));
const loadReadingPage = (): Promise<typeof import("@/reading/ReadingPage")> => import("@/reading/ReadingPage");
const ReadingPage = lazy(loadReadingPage);
const CasePage = lazy(() => import("@/report/CasePage"));
const OutcomesPage = lazy(() => import("@/outcomes/OutcomesPage"));
const GatewaysPage = lazy(() => import("@/gateways/GatewaysPage"));
const PeoplePage = lazy(() => import("@/people/PeoplePage"));
const RequestsPage = lazy(() => import("@/requests/RequestsPage"));
const NewRequestPage = lazy(() => import("@/requests/NewRequestPage"));
const PapersPage = lazy(() => import("@/requests/PapersPage"));
const RequestPage = lazy(() => import("@/requests/RequestPage"));
const ScreeningPage = lazy(() => import("@/screening/ScreeningPage"));
const NewBatchPage = lazy(() => import("@/screening/NewBatchPage"));
const BatchPage = lazy(() => import("@/screening/BatchPage"));
const AuditPage = lazy(() => import("@/audit/AuditPage"));
const ReviewsPage = lazy(() => import("@/audit/ReviewsPage"));
const ListsPage = lazy(() => import("@/lists/ListsPage"));
const SecurityPage = lazy(() => import("@/rights/SecurityPage"));
const CentrePage = lazy(() => import("@/centre/CentrePage"));
const SitesPage = lazy(() => import("@/sites/SitesPage"));
const SitePage = lazy(() => import("@/sites/SitePage"));
const DisplaysPage = lazy(() => import("@/display/DisplaysPage"));
const LinesPage = lazy(() => import("@/line/LinesPage"));
const LinkPage = lazy(() => import("@/links/LinkPage"));
const NotFoundPage = lazy(() => import("@/ui/NotFoundPage"));
const NotYoursPage = lazy(() => import("@/ui/NotYoursPage"));

function Waiting(): JSX.Element {
  return (
    <Center h="100%">
      <Loader type="dots" color="gray" />
    </Center>
  );
}

/** Which page stands at which address; each page's code is loaded when it is first opened. */
export function App(): JSX.Element {
  const [reading] = useRoute("/read/:itemId");
  useLine();
  return (
    <QueryClientProvider client={queryClient}>
      <MantineProvider theme={theme} forceColorScheme={colorSchemeOf(reading ? "reading" : "portal")}>
        <ErrorBoundary>
          <Suspense fallback={<Waiting />}>
            <Switch>
              <Route path="/sign-in" component={SignInPage} />
              <Route path="/enrol" component={EnrolPage} />
              <Route>
                <SessionGate>
                  <SignedIn />
                </SessionGate>
              </Route>
            </Switch>
          </Suspense>
        </ErrorBoundary>
      </MantineProvider>
    </QueryClientProvider>
  );
}

const WARM_AFTER = 1_500;

/** A case does not wait for the reading room's code, decoder and WebGL contexts: they are made while the list is looked at. */
function useWarmReadingRoom(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return;
    const warm = (): void => {
      warmDecoder();
      loadReadingPage()
        .then(({ warmEngine }) => warmEngine())
        .catch(() => undefined);
    };
    const soon = setTimeout(warm, WARM_AFTER);
    return () => clearTimeout(soon);
  }, [wanted]);
}

/** A reader's next cases are on this computer before they are opened. */
function useImagesAhead(): void {
  const { session } = useSession();
  const may = useMay();
  const [, route] = useRoute("/read/:itemId");
  const wanted = may("images.read") && may("worklist.claim");
  const budget = useAheadBudget();
  usePacks(wanted, budget);
  useAhead(wanted && budget > 0, session.person.person_id, route?.itemId ?? "");
}

/** A page by its address, for those whose roles open it. */
const ifAllowed = (allowed: boolean, Page: ComponentType): ComponentType => (allowed ? Page : NotYoursPage);

/** The pages behind sign-in. */
function SignedIn(): JSX.Element {
  const may = useMay();
  const [reading] = useRoute("/read/:itemId");
  useWarmReadingRoom(may("worklist.claim") && !reading);
  useScreenReport();
  useShelf();
  useImagesAhead();
  return (
    <div className={classes["frame"]}>
      <LineBanner />
      <div className={classes["page"]}>
        <Pages />
      </div>
    </div>
  );
}

function Pages(): JSX.Element {
  const may = useMay();
  const mayInCentre = useMayInCentre();
  return (
    <Suspense fallback={<Waiting />}>
      <Switch>
        <Route path="/">
          <Redirect to={firstPlace(may)} replace />
        </Route>
        <Route path="/worklist" component={WorklistPage} />
        <Route path="/read/:itemId">{(route) => <ReadingPage key={route.itemId} itemId={route.itemId} />}</Route>
        <Route path="/cases" component={LinkPage} />
        <Route path="/cases/:itemId">{(route) => <CasePage key={route.itemId} itemId={route.itemId} />}</Route>
        <Route path="/outcomes" component={OutcomesPage} />
        <Route path="/requests" component={RequestsPage} />
        <Route path="/requests/papers" component={PapersPage} />
        <Route path="/requests/new" component={NewRequestPage} />
        <Route path="/requests/:requestId">
          {(route) => <RequestPage key={route.requestId} requestId={route.requestId} />}
        </Route>
        <Route path="/screening" component={ScreeningPage} />
        <Route path="/screening/new" component={NewBatchPage} />
        <Route path="/screening/:batchId">{(route) => <BatchPage key={route.batchId} batchId={route.batchId} />}</Route>
        <Route path="/gateways" component={GatewaysPage} />
        <Route path="/people" component={ifAllowed(mayInCentre("administer"), PeoplePage)} />
        <Route path="/audit" component={ifAllowed(may("audit.read"), AuditPage)} />
        <Route path="/audit/reviews" component={ifAllowed(may("audit.read"), ReviewsPage)} />
        <Route path="/lists" component={ListsPage} />
        <Route path="/safety" component={ifAllowed(mayInCentre("administer"), SecurityPage)} />
        <Route path="/centre" component={ifAllowed(may("administer"), CentrePage)} />
        <Route path="/hospitals" component={SitesPage} />
        <Route path="/hospitals/:siteId">{(route) => <SitePage key={route.siteId} siteId={route.siteId} />}</Route>
        <Route path="/displays" component={DisplaysPage} />
        <Route path="/lines" component={LinesPage} />
        <Route path="/settings" component={SettingsPage} />
        <Route component={NotFoundPage} />
      </Switch>
    </Suspense>
  );
}
