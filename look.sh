cd /tmp/rwork; rm -f pg_* sheet_*
for l in zh en; do chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer --print-to-pdf=rep_$l.pdf file:///tmp/rwork/rep_$l.html >/dev/null 2>&1; pdftoppm -r ${1:-60} -png rep_$l.pdf pg_$l; done
/work/main/.venv/bin/python - <<'PY'
from PIL import Image
import glob
for l in ("zh","en"):
    fs=sorted(glob.glob(f"/tmp/rwork/pg_{l}-*.png"))
    ims=[Image.open(f) for f in fs]
    w,h=ims[0].size
    print(l,len(ims))
    for k in range(0,len(ims),6):
        sheet=Image.new("RGB",(w*3+20,h*2+10),"gray")
        for i,im in enumerate(ims[k:k+6]):
            sheet.paste(im,((i%3)*(w+10),(i//3)*(h+10)))
        sheet.save(f"/tmp/rwork/sheet_{l}_{k//6}.png")
PY
