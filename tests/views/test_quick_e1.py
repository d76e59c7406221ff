import time
from pathlib import Path
from tests.views.importing import Importing
def test_x(browsing):
    mine = Importing(browsing)
    body = Path("/work/shared/data/exports/extended_2013_2024.zip").read_bytes()
    t=time.time(); url = mine.found((body, "my.zip")); print("found", time.time()-t)
    mine.pages.post(url+"/start"); t=time.time(); mine.browsing.work(); print("ran", time.time()-t)
    print(mine.seen(url)[150:1500])
    t=time.time(); r = mine.pages.client.get(url+"/receipt.csv"); print(r.text.count("\r\n"), time.time()-t)
    import re
    h = mine.pages.page("/history"); m = re.findall(r'/history/play/[^"]+', h)
    t=time.time(); mine.pages.page(m[7]); print("play page", time.time()-t)
    for f in ["gabehf__koito_export_test.json","gabehf__listenbrainz_shoko1_1749780844.zip","gabehf__maloja_import_test.json"]:
        u = mine.brought((Path("/work/shared/data/exports/"+f).read_bytes(), f)); print(mine.seen(u)[150:700])
