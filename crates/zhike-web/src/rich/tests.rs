use super::{plain, render};

#[test]
fn blocks_and_words() {
    for (text, html) in [
        ("你好", "<p>你好</p>"),
        ("一\n二\n\n三", "<p>一<br>二</p><p>三</p>"),
        ("# 报价\n正文", "<h4>报价</h4><p>正文</p>"),
        ("- 甲\n- **乙**", "<ul><li>甲</li><li><b>乙</b></li></ul>"),
        ("2. 甲\n3. 乙", r#"<ol start="2"><li>甲</li><li>乙</li></ol>"#),
        ("> 引用\n> 两行", "<blockquote>引用<br>两行</blockquote>"),
        ("`a<b`", "<p><code>a&lt;b</code></p>"),
        ("2 * 3 ** 4", "<p>2 * 3 ** 4</p>"),
        ("#不是标题", "<p>#不是标题</p>"),
        (
            "看 https://a.cn/?x=1&y=2。",
            r#"<p>看 <a href="https://a.cn/?x=1&amp;y=2" rel="noopener noreferrer nofollow" target="_blank">https://a.cn/?x=1&amp;y=2</a>。</p>"#,
        ),
        ("[写信](mailto:a@b.cn)", r#"<p><a href="mailto:a@b.cn">写信</a></p>"#),
    ] {
        assert_eq!(render(text).0, html, "{text}");
    }
}

#[test]
fn nothing_typed_becomes_a_tag_or_a_script() {
    for text in [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JAVASCRIPT:alert(1))",
        "[x](data:text/html,<b>)",
        r#"[x](https://a.cn/" onmouseover="alert(1))"#,
        r#"https://a.cn/"onload="x"#,
        "**<img src=x onerror=y>**",
        "# <b>",
        "[<i>](https://a.cn)",
        "**[**](https://a.cn)**",
    ] {
        let html = render(text).0;
        let tags: Vec<&str> = html.split('<').skip(1).filter_map(|part| part.split(['>', ' ']).next()).collect();
        for tag in tags {
            assert!(["p", "/p", "b", "/b", "a", "/a", "h4", "/h4"].contains(&tag), "{text}: {html}");
        }
        assert!(
            !html.contains("href=\"javascript") && !html.contains("href=\"data") && !html.contains("\" on"),
            "{html}"
        );
    }
}

#[test]
fn plain_words_for_titles() {
    assert_eq!(plain("# 报价\n- **八折**，见 [网站](https://a.cn)"), "报价\n八折，见 网站");
}
