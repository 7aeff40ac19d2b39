package hrbaxml
import ("testing";"bytes";"time";"os")
func TestScratch(t *testing.T){
 for _,s:=range []string{"", "\xef\xbb\xbf \n","<a/>","<?xml version='1.0'?>","<a><ErrorInformation><ErrorMessage><ErrorCode>APPS_JCValid_033</ErrorCode><ReferenceId>X</ReferenceId><Additional","<html></html>","<a><h><AdditionalInformation>hh</AdditionalInformation></h><ErrorInformation><ErrorCode>33</ErrorCode><Zeile>4</Zeile><ReferenceId>X</ReferenceId><ErrorCode>34</ErrorCode><ReferenceId>Y</ReferenceId></ErrorInformation><ErrorMessage> oh no <x/></ErrorMessage></a>","<a>&am","<a></b>","<a><ErrorMessage><ErrorCode>x\xfc</ErrorCode></ErrorMessage></a>"}{
  f,err:=ReadFeedback([]byte(s)); t.Logf("%q: %+v %v",s,f,err)
 }
 var b bytes.Buffer
 w,err:=NewWriter(&b,P82(),Header{SupplierID:"V000123400",Timestamp:time.Unix(0,0),Amount:2})
 t.Log(err)
 ad:=Ad{}
 ad.AddText(PostingID,"a&b\nc\rd")
 ad.AddGroup(Location); ad.AddText(LocationCountryCode,"DE")
 ad.AddGroup(Location); ad.AddText(LocationCountryCode,"DE")
 t.Log(w.WriteAd(ad))
 ad=ad[:0]
 ad.AddText(PostingID,"a&b\nc\rd")
 ad.AddText(HiringOrgName,"n"); ad.AddText(HiringOrgContactFamilyName,"f")
 ad.AddText(PostDetailLastModificationDate,"f")
 ad.AddText(PostDetailStatus,"f")
 ad.AddText(PostDetailAction,"f")
 ad.AddText(PostDetailSupplierID,"f")
 ad.AddText(PostDetailSupplierName,"f")
 ad.AddText(JobPositionTitleCode,"1")
 ad.AddText(JobOfferType,"1")
 ad.AddText(EducationAuthorisation,"1")
 ad.AddGroup(Location); ad.AddText(LocationCountryCode,"DE")
 ad.AddGroup(Location); ad.AddText(LocationCountryCode,"DE")
 ad.AddGroup(School)
 ad.AddText(NumberToFill,"1")
 ad.AddText(AssignmentStartDate,"1")
 t.Log(w.WriteAd(ad))
 t.Log(w.Delete("q"))
 t.Log(w.WriteAd(ad))
 t.Log(w.Close())
 t.Log(b.String())
 _=os.Stdout
 for _,n:=range []string{"DSV000123400_2026-11-24_09-30-00.xml","DSP000517500_2022-01-06_08-40-00_D000E.XML","DSV000123400_2026-13-24_09-30-00.xml","ESV000123400_2026-11-24_09-30-00_-.xml"}{ f,err:=ParseFileName(n); t.Log(f.String()==n,err)}
}
