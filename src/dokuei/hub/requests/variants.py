"""Characters of names that are written in several forms, folded to one.

Where each group comes from:
- ``_JOYO``: the forms that the table of 常用漢字 (内閣告示第二号, 2010) gives in parentheses, the 康熙字典体.
- ``_JINMEI``: the pairs of 人名用漢字 (戸籍法施行規則 別表第二, parts 一 and 二) that the first does not hold.
- ``_REGISTERS``: forms that 戸籍統一文字 (法務省) or JIS X 0213 name as variants of each other, as far as names use
  them, and 斎 beside 斉: two characters by origin, written for each other in one family's name every day.
Compatibility ideographs (神 as U+FA19) and variation selectors need no table: NFKC and code ranges know them.
"""

import re
import unicodedata
from typing import Final

_JOYO: Final = """
亜亞 悪惡 圧壓 囲圍 医醫 為爲 壱壹 隠隱 栄榮 営營 衛衞 駅驛 円圓 塩鹽 縁緣 艶艷 応應 欧歐 殴毆
桜櫻 奥奧 横橫 温溫 穏穩 仮假 価價 画畫 会會 絵繪 壊壞 懐懷 概槪 拡擴 殻殼 覚覺 学學 岳嶽 楽樂
渇渴 缶罐 巻卷 陥陷 勧勸 寛寬 関關 歓歡 観觀 気氣 帰歸 偽僞 戯戲 犠犧 旧舊 拠據 挙擧 虚虛 峡峽
挟挾 狭狹 郷鄕 暁曉 区區 駆驅 勲勳 薫薰 径徑 茎莖 恵惠 掲揭 渓溪 経經 蛍螢 軽輕 継繼 鶏鷄 芸藝
撃擊 欠缺 研硏 県縣 倹儉 剣劍 険險 圏圈 検檢 献獻 権權 顕顯 験驗 厳嚴 広廣 効效 恒恆 黄黃 鉱鑛
号號 国國 黒黑 砕碎 済濟 斎齋 剤劑 雑雜 参參 桟棧 蚕蠶 惨慘 賛贊 残殘 糸絲 歯齒 児兒 辞辭 湿濕
実實 写寫 釈釋 寿壽 収收 従從 渋澁 獣獸 縦縱 粛肅 処處 緒緖 叙敍 将將 称稱 渉涉 焼燒 証證 奨奬
条條 状狀 乗乘 浄淨 剰剩 畳疊 縄繩 壌壤 嬢孃 譲讓 醸釀 触觸 嘱囑 真眞 寝寢 慎愼 尽盡 図圖 粋粹
酔醉 穂穗 随隨 髄髓 枢樞 数數 瀬瀨 声聲 斉齊 静靜 窃竊 摂攝 専專 浅淺 戦戰 践踐 銭錢 潜潛 繊纖
禅禪 双雙 壮壯 争爭 荘莊 捜搜 挿插 巣巢 曽曾 痩瘦 装裝 総總 騒騷 増增 蔵藏 臓臟 即卽 属屬 続續
堕墮 対對 体體 帯帶 滞滯 台臺 滝瀧 択擇 沢澤 担擔 単單 胆膽 団團 断斷 弾彈 遅遲 痴癡 虫蟲 昼晝
鋳鑄 庁廳 徴徵 聴聽 勅敕 鎮鎭 逓遞 鉄鐵 点點 転轉 伝傳 灯燈 当當 党黨 盗盜 稲稻 徳德 独獨 読讀
届屆 弐貳 悩惱 脳腦 覇霸 拝拜 廃廢 売賣 麦麥 発發 髪髮 抜拔 晩晚 蛮蠻 秘祕 浜濱 瓶甁 払拂 仏佛
併倂 並竝 餅餠 辺邊 変變 弁辨瓣辯 歩步 宝寶 豊豐 褒襃 翻飜 毎每 万萬 満滿 麺麵 黙默 弥彌 訳譯 薬藥
与與 予豫 余餘 誉譽 揺搖 様樣 謡謠 来來 頼賴 乱亂 覧覽 竜龍 両兩 猟獵 緑綠 涙淚 塁壘 礼禮 励勵
戻戾 霊靈 齢齡 暦曆 歴歷 恋戀 錬鍊 炉爐 労勞 郎郞 楼樓 録錄 湾灣 亀龜 闘鬭
"""
_JINMEI: Final = """
亘亙 凜凛 遥遙 萌萠 禄祿 穣穰 尭堯 槙槇 巌巖 桧檜 祢禰 薗園 峯峰 盃杯 埜野 嶋島 駈駆 條条 晃晄
祷禱
"""
_REGISTERS: Final = """
高髙 崎﨑嵜 斎斉齋齊亝斊 浜濱濵 辺邊邉 吉𠮷 富冨 徳德悳 柳栁桺 館舘 宜冝 桑桒 梅楳 島嶋嶌㠀 渕淵渊
国國圀 土圡𡈽 船舩 橋𣘺 彦彥 秋穐 昇曻 清淸 青靑 顔顏 兎兔 凉涼 和咊 鉄鐵鐡銕 諌諫
鰺鯵 鴬鶯 侯矦 闘鬪 辺邉 晋晉 鴎鷗 蝉蟬 蒋蔣 醤醬 靱靭 薮藪 篭籠 嶋嶌 駈驅 冴冱 俠侠
"""
_REPEATED: Final = re.compile(r"(.)[々〻]")
_SELECTORS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def _table() -> dict[int, str]:
    """Each form → one of its group; groups that share a form are one."""
    one_of: dict[str, str] = {}
    for group in f"{_JOYO}{_JINMEI}{_REGISTERS}".split():
        forms = dict.fromkeys(unicodedata.normalize("NFKC", group))
        known = {one_of[form] for form in forms if form in one_of}
        chosen = min(known, default=next(iter(forms)))
        for form, now in list(one_of.items()):
            if now in known:
                one_of[form] = chosen
        one_of.update(dict.fromkeys(forms, chosen))
    return {ord(form): chosen for form, chosen in one_of.items() if form != chosen}


_ONE_FORM: Final = _table()


def one_form(text: str) -> str:
    """A name in kanji with each character in the form that stands for its group."""
    plain = _SELECTORS.sub("", unicodedata.normalize("NFKC", text))
    return _REPEATED.sub(r"\1\1", plain).translate(_ONE_FORM)
