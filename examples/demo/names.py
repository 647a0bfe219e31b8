"""Names of the demo, English and Chinese: brands, trades, people and cities. All companies and people are invented."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple


class City(NamedTuple):
    """A city of the demo's market; ``weight`` is how much its households buy."""

    id: str
    en: str
    zh: str
    region: str
    market_tier: int
    weight: float


BRANDS = tuple(
    pair.split(":")
    for pair in [
        "Jinhe:锦禾",
        "Ruiyun:瑞耘",
        "Hengmu:恒沐",
        "Taichu:泰初",
        "Boyuan:泊远",
        "Linxi:临溪",
        "Qinghe:清禾",
        "Wanshu:万枢",
        "Xinglan:星岚",
        "Yuetan:越潭",
        "Zhiheng:至恒",
        "Fuyang:拂阳",
        "Guangmo:光墨",
        "Haoting:皓庭",
        "Jiayu:嘉屿",
        "Kaiwu:开梧",
        "Luming:鹿茗",
        "Mingzhe:铭喆",
        "Nianhua:年桦",
        "Pengqi:朋启",
        "Qiyuan:祺原",
        "Rongchu:融初",
        "Shuoyi:朔一",
        "Tongxu:彤旭",
        "Weilan:未岚",
        "Xuanhe:玄禾",
        "Yilu:屹陆",
        "Zhanmu:展牧",
        "Anlin:安霖",
        "Beichi:北驰",
        "Chenxi:晨栖",
        "Dongyu:东煜",
        "Enze:恩泽里",
        "Fanxing:帆行",
        "Gaoyuan:高垣",
        "Hanyu:瀚屿",
        "Jingtian:璟田",
        "Kangli:康砺",
        "Lanting:澜亭",
        "Muyang:沐旸",
        "Nanxun:南浔屿",
        "Ouhai:瓯陌",
        "Puyu:璞煜",
        "Qianmo:阡陌",
        "Rouyin:柔茵",
        "Shanmu:杉木里",
        "Tinghe:汀禾",
        "Wuyue:梧越",
        "Xiaoman:小满",
        "Yanze:砚泽",
        "Zhuoya:卓垭",
        "Aoxin:奥忻",
        "Biyun:碧耘",
        "Cangyi:沧一",
        "Dingsheng:鼎笙",
        "Feifan:霏帆",
        "Guyu:谷屿",
        "Hongtu:泓图",
        "Jishan:霁山",
        "Kunyi:坤弈",
        "Liuhe:六禾",
        "Mocheng:墨呈",
        "Ningyuan:凝垣",
        "Pingchuan:坪川",
        "Quanmu:泉木",
        "Ruoshui:若水",
        "Sanhe:叁禾",
        "Tiancheng:田澄",
        "Weiyang:未泱",
        "Xihe:羲禾",
        "Yongmu:咏沐",
        "Zeyu:泽屿",
    ]
)

TIER_TWO_TRADES = (
    ("Castings", "铸件", "C3391"),
    ("Bearings", "轴承", "C3451"),
    ("Magnet Wire", "漆包线", "C3831"),
    ("Rotors", "转子", "C3812"),
    ("Moulds", "模具", "C3525"),
    ("Resins", "改性塑料", "C2651"),
    ("Coatings", "涂料", "C2641"),
    ("Tubes", "管材", "C3130"),
    ("Springs", "弹簧", "C3489"),
    ("Capacitors", "电容", "C3981"),
    ("Connectors", "连接器", "C3989"),
    ("Sensors", "传感器", "C3983"),
    ("Valves", "阀门", "C3443"),
    ("Films", "薄膜", "C2921"),
    ("Laminates", "覆铜板", "C3985"),
)
RETAIL_TRADES = (("Home Appliance City", "家电城"), ("Electronics", "电子电器"), ("Living Store", "生活馆"), ("Appliance Mall", "电器广场"))
HOTEL_TRADES = (("Hotels", "酒店集团", "H6110"), ("Resorts", "度假村", "H6110"), ("Inns", "连锁旅馆", "H6121"))
BUILDER_TRADES = (("Residences", "置业", "K7010"), ("Property", "地产", "K7010"))
DEVELOPER_TRADES = (("Labs", "智联实验室"), ("Software", "软件"), ("Studio", "工作室"))

SURNAMES = tuple(
    pair.split(":")
    for pair in [
        "Lin:林",
        "Chen:陈",
        "Zhou:周",
        "Gu:顾",
        "Shen:沈",
        "Fang:方",
        "He:何",
        "Tang:唐",
        "Luo:罗",
        "Song:宋",
        "Yan:严",
        "Qin:秦",
        "Bai:白",
        "Mo:莫",
        "Ye:叶",
        "Su:苏",
    ]
)
GIVEN = tuple(
    pair.split(":")
    for pair in [
        "Yue:悦",
        "Wenbo:文博",
        "Siyuan:思源",
        "Meilin:美琳",
        "Haoran:浩然",
        "Jiaqi:佳琪",
        "Zhiyuan:志远",
        "Xiaolan:晓岚",
        "Yifan:一帆",
        "Minghui:明慧",
        "Ruoxi:若曦",
        "Tianyu:天宇",
        "Shuyi:舒怡",
        "Guangping:广平",
        "Lizhen:丽珍",
        "Pengfei:鹏飞",
    ]
)

_CITIES = """
shanghai Shanghai 上海 华东 1 6.0
hangzhou Hangzhou 杭州 华东 1 3.6
nanjing Nanjing 南京 华东 1 3.0
suzhou Suzhou 苏州 华东 1 3.0
ningbo Ningbo 宁波 华东 2 2.2
wuxi Wuxi 无锡 华东 2 1.8
hefei Hefei 合肥 华东 2 1.9
jinan Jinan 济南 华东 2 1.8
qingdao Qingdao 青岛 华东 1 2.6
xiamen Xiamen 厦门 华东 2 1.6
wenzhou Wenzhou 温州 华东 3 1.1
yantai Yantai 烟台 华东 3 1.0
beijing Beijing 北京 华北 1 5.2
tianjin Tianjin 天津 华北 1 2.6
shijiazhuang Shijiazhuang 石家庄 华北 2 1.4
taiyuan Taiyuan 太原 华北 2 1.2
tangshan Tangshan 唐山 华北 3 0.9
baoding Baoding 保定 华北 3 0.8
hohhot Hohhot 呼和浩特 华北 3 0.7
guangzhou Guangzhou 广州 华南 1 4.6
shenzhen Shenzhen 深圳 华南 1 4.4
foshan Foshan 佛山 华南 2 2.0
dongguan Dongguan 东莞 华南 2 1.8
zhuhai Zhuhai 珠海 华南 2 1.0
nanning Nanning 南宁 华南 2 1.2
haikou Haikou 海口 华南 3 0.7
wuhan Wuhan 武汉 华中 1 3.0
changsha Changsha 长沙 华中 1 2.4
zhengzhou Zhengzhou 郑州 华中 1 2.4
nanchang Nanchang 南昌 华中 2 1.3
luoyang Luoyang 洛阳 华中 3 0.8
yichang Yichang 宜昌 华中 3 0.7
chengdu Chengdu 成都 西南 1 3.6
chongqing Chongqing 重庆 西南 1 3.2
kunming Kunming 昆明 西南 2 1.4
guiyang Guiyang 贵阳 西南 2 1.1
mianyang Mianyang 绵阳 西南 3 0.7
lhasa Lhasa 拉萨 西南 4 0.3
xian Xi'an 西安 西北 1 2.4
lanzhou Lanzhou 兰州 西北 2 2.6
xining Xining 西宁 西北 3 1.5
yinchuan Yinchuan 银川 西北 3 1.6
urumqi Urumqi 乌鲁木齐 西北 2 2.5
shenyang Shenyang 沈阳 东北 1 1.9
dalian Dalian 大连 东北 2 1.7
harbin Harbin 哈尔滨 东北 2 1.6
changchun Changchun 长春 东北 2 1.2
daqing Daqing 大庆 东北 3 0.6
"""


def _city(line: str) -> City:
    party, en, zh, region, tier, weight = line.split()
    return City(party, en, zh, region, int(tier), float(weight))


CITIES = tuple(map(_city, _CITIES.strip().splitlines()))
CITY = {city.id: city for city in CITIES}


def brands(dice: Random) -> Iterator[tuple[str, str]]:
    """Brands in an order of chance, each once; after all of them the same again, with East (东), West (西) ... before."""
    order = list(BRANDS)
    for en_first, zh_first in (("", ""), ("East ", "东"), ("West ", "西"), ("North ", "北"), ("South ", "南")):
        dice.shuffle(order)
        yield from ((en_first + en, zh_first + zh) for en, zh in order)


def people(dice: Random) -> Iterator[tuple[str, str]]:
    """Full names of people in an order of chance, each once: ``("Lin Yue", "林悦")``."""
    pairs = [(f"{surname} {given}", surname_zh + given_zh) for surname, surname_zh in SURNAMES for given, given_zh in GIVEN]
    dice.shuffle(pairs)
    yield from pairs


def slug(en: str) -> str:
    """The id of a name: ``"Lin Yue"`` is ``"lin-yue"``."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in en.lower()).split())
