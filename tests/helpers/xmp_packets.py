"""XMP packets in the shapes of the programs that write them, and generated ones."""

from hypothesis import strategies as st

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'


def framed(document: str, padding: int = 2048, mode: str = "w") -> bytes:
    """A packet with its frame and padding."""
    pad = (" " * 99 + "\n") * (padding // 100) + " " * (padding % 100)
    return f'{_BEGIN}{document}\n{pad}<?xpacket end="{mode}"?>'.encode()


def described(body: str, attributes: str = "", namespaces: str = f'xmlns:dc="{DC}"') -> str:
    """A document of one description with `body` in it."""
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'
        f'<rdf:Description rdf:about="" {namespaces} {attributes}>{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
    )


PHOTOSHOP = framed(
    """<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 5.6-c140 79.160451, 2017/05/06-01:08:21        ">
   <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description rdf:about=""
            xmlns:xmp="http://ns.adobe.com/xap/1.0/"
            xmlns:dc="http://purl.org/dc/elements/1.1/"
            xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
            xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
            xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
            xmp:CreatorTool="Adobe Photoshop CC 2018 (Windows)"
            xmp:Rating="4"
            photoshop:ColorMode="3"
            photoshop:City="Bern">
         <dc:format>image/jpeg</dc:format>
         <dc:title>
            <rdf:Alt>
               <rdf:li xml:lang="x-default">An old bridge</rdf:li>
               <rdf:li xml:lang="de-CH">Eine alte Brücke</rdf:li>
            </rdf:Alt>
         </dc:title>
         <dc:creator>
            <rdf:Seq>
               <rdf:li>A. Photographer</rdf:li>
            </rdf:Seq>
         </dc:creator>
         <dc:subject>
            <rdf:Bag>
               <rdf:li>bridge</rdf:li>
               <rdf:li>Aare &amp; river</rdf:li>
            </rdf:Bag>
         </dc:subject>
         <xmpMM:History>
            <rdf:Seq>
               <rdf:li rdf:parseType="Resource">
                  <stEvt:action>saved</stEvt:action>
                  <stEvt:when>2018-02-03T12:00:00+01:00</stEvt:when>
               </rdf:li>
            </rdf:Seq>
         </xmpMM:History>
      </rdf:Description>
   </rdf:RDF>
</x:xmpmeta>"""
)

LIGHTROOM = framed(
    """<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 7.0-c000 1.000000, 0000/00/00-00:00:00        ">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
   xmp:Rating="3"
   crs:Exposure2012="+0.35">
   <dc:description>
    <rdf:Alt>
     <rdf:li xml:lang="x-default">Fog over the lake</rdf:li>
     <rdf:li xml:lang="en-US">Fog over the lake</rdf:li>
    </rdf:Alt>
   </dc:description>
   <dc:subject>
    <rdf:Bag>
     <rdf:li>fog</rdf:li>
     <rdf:li>lake</rdf:li>
     <rdf:li>nature</rdf:li>
    </rdf:Bag>
   </dc:subject>
   <lr:hierarchicalSubject>
    <rdf:Bag>
     <rdf:li>nature</rdf:li>
     <rdf:li>nature|fog</rdf:li>
     <rdf:li>nature|water|lake</rdf:li>
    </rdf:Bag>
   </lr:hierarchicalSubject>
   <crs:ToneCurvePV2012>
    <rdf:Seq>
     <rdf:li>0, 0</rdf:li>
     <rdf:li>255, 255</rdf:li>
    </rdf:Seq>
   </crs:ToneCurvePV2012>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>"""
)

DIGIKAM = framed(
    """<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:digiKam="http://www.digikam.org/ns/1.0/"
    xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0/"
    xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
    xmlns:mediapro="http://ns.iview-multimedia.com/mediapro/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
   digiKam:ColorLabel="0">
   <digiKam:TagsList>
    <rdf:Seq>
     <rdf:li>Places/Prague</rdf:li>
     <rdf:li>Animals/dog</rdf:li>
    </rdf:Seq>
   </digiKam:TagsList>
   <MicrosoftPhoto:LastKeywordXMP>
    <rdf:Bag>
     <rdf:li>Places/Prague</rdf:li>
     <rdf:li>Animals/dog</rdf:li>
    </rdf:Bag>
   </MicrosoftPhoto:LastKeywordXMP>
   <lr:hierarchicalSubject>
    <rdf:Bag>
     <rdf:li>Places|Prague</rdf:li>
     <rdf:li>Animals|dog</rdf:li>
    </rdf:Bag>
   </lr:hierarchicalSubject>
   <mediapro:CatalogSets>
    <rdf:Bag>
     <rdf:li>Places|Prague</rdf:li>
     <rdf:li>Animals|dog</rdf:li>
    </rdf:Bag>
   </mediapro:CatalogSets>
   <dc:subject>
    <rdf:Seq>
     <rdf:li>Prague</rdf:li>
     <rdf:li>dog</rdf:li>
    </rdf:Seq>
   </dc:subject>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>"""
)

EXIFTOOL = framed(
    """<x:xmpmeta xmlns:x='adobe:ns:meta/' x:xmptk='Image::ExifTool 12.57'>
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>

 <rdf:Description rdf:about=''
  xmlns:dc='http://purl.org/dc/elements/1.1/'>
  <dc:subject>
   <rdf:Bag>
    <rdf:li>one</rdf:li>
   </rdf:Bag>
  </dc:subject>
  <dc:title>
   <rdf:Alt>
    <rdf:li xml:lang='x-default'>It&#39;s a title</rdf:li>
   </rdf:Alt>
  </dc:title>
 </rdf:Description>

 <rdf:Description rdf:about=''
  xmlns:exif='http://ns.adobe.com/exif/1.0/'>
  <exif:GPSLatitude>46,57.1N</exif:GPSLatitude>
 </rdf:Description>
</rdf:RDF>
</x:xmpmeta>"""
)

DARKTABLE = b"""<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:darktable="http://darktable.sf.net/"
   darktable:xmp_version="5"
   darktable:raw_params="0">
   <darktable:history>
    <rdf:Seq>
     <rdf:li darktable:num="0" darktable:operation="rawprepare"/>
    </rdf:Seq>
   </darktable:history>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""

SHAPES = {
    "Photoshop": PHOTOSHOP,
    "Lightroom": LIGHTROOM,
    "digiKam": DIGIKAM,
    "ExifTool": EXIFTOOL,
    "darktable": DARKTABLE,
}

# Generated packets: foreign properties around ours, in several descriptions and forms.
words = st.text(st.sampled_from("abcäöß東京😀&<>'\" ]"), min_size=1, max_size=12).map(str.strip).filter(bool)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_gaps = st.sampled_from(["", "\n", "\n  ", " <!-- a note --> ", "\t"])
_foreign = st.one_of(
    st.builds("<f:plain>{}</f:plain>".format, words.map(_escaped)),
    st.builds('<f:struct rdf:parseType="Resource"><f:a>{}</f:a><f:b/></f:struct>'.format, words.map(_escaped)),
    st.builds("<f:list><rdf:Seq><rdf:li>{}</rdf:li><rdf:li/></rdf:Seq></f:list>".format, words.map(_escaped)),
    st.just("<f:empty/>"),
)


@st.composite
def _lang_alt(draw: st.DrawFn, name: str) -> str:
    text, gap = _escaped(draw(words)), draw(_gaps)
    default = f'<rdf:li xml:lang="x-default">{text}</rdf:li>'
    other = draw(st.sampled_from(["", '<rdf:li xml:lang="fr">autre</rdf:li>']))
    return draw(
        st.sampled_from(
            [
                f"<d:{name}>{gap}<rdf:Alt>{gap}{default}{other}</rdf:Alt></d:{name}>",
                f'<d:{name}><rdf:Alt>{other}<rdf:li xml:lang="x-default"/>{gap}</rdf:Alt></d:{name}>',
                f"<d:{name}>{text}</d:{name}>",
                f"<d:{name}><rdf:Alt/></d:{name}>",
                f"<d:{name}/>",
                f'<d:{name} rdf:parseType="Resource"><rdf:value>{text}</rdf:value><f:q>q</f:q></d:{name}>',
            ]
        )
    )


@st.composite
def _subject(draw: st.DrawFn) -> str:
    kind, gap = draw(st.sampled_from(["Bag", "Seq"])), draw(_gaps)
    items = "".join(f"{gap}<rdf:li>{_escaped(tag)}</rdf:li>" for tag in draw(st.lists(words, max_size=4)))
    return draw(
        st.sampled_from(
            [f"<d:subject>{gap}<rdf:{kind}>{items}{gap}</rdf:{kind}></d:subject>", "<d:subject>lonely</d:subject>"]
        )
    )


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """Whole packets, framed or not, with foreign properties before, between and behind ours."""
    properties: list[str] = []
    for strategy in (_lang_alt("title"), _lang_alt("description"), _subject()):
        properties += draw(st.lists(_foreign, max_size=2))
        if draw(st.booleans()):
            properties.append(draw(strategy))
    properties += draw(st.lists(_foreign, max_size=2))
    cut = draw(st.integers(0, len(properties)))
    gap = draw(_gaps)
    opening = f'<rdf:Description rdf:about="" xmlns:d="{DC}" xmlns:f="urn:foreign"'
    descriptions = [
        f"{opening}>{gap}{gap.join(part)}{gap}</rdf:Description>" if part else f'{opening} f:attribute="&amp;1"/>'
        for part in (properties[:cut], properties[cut:])
    ]
    body = f'<rdf:RDF xmlns:rdf="{RDF}">{gap}{gap.join(descriptions)}{gap}</rdf:RDF>'
    document = draw(st.sampled_from([body, f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{gap}{body}</x:xmpmeta>']))
    return framed(document, draw(st.sampled_from([0, 40, 2048]))) if draw(st.booleans()) else document.encode()
